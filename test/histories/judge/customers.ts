import { type Activity, otherSide, type Side } from '../../../schemas/records.ts';
import type { Settings } from '../../../schemas/settings.ts';
import type { Edit } from '../diary.ts';
import type { RecordFields } from '../fields.ts';
import { type Entry, had } from '../timeline.ts';
import type { Ending } from './ending.ts';
import { isSelected, type Parties } from './parties.ts';

const orgId = (record: RecordFields) => String(record.OrganisationId);
const custId = (record: RecordFields) => String(record.CustomerNumber);

/**
 * Judges customers by what people did, knowing nothing of how the service decides. Gives a sentence for each thing that is
 * wrong, and the number of edits that a write overran within the gap.
 */
export function judgeCustomers(ending: Ending, parties: Parties): { problems: string[]; gapEdits: number } {
  const problems = [
    ...judgePairing(ending, parties),
    ...judgeFields(ending, parties),
    ...judgeCreations(ending),
    ...judgePolicy(ending.activity, ending.settings),
  ];
  const { problems: losses, gapEdits } = judgeLosses(ending, parties);
  return { problems: [...problems, ...losses], gapEdits };
}

function judgePairing(
  { organisations, customers, settings, removals, pairs, twins }: Ending,
  parties: Parties,
): string[] {
  const problems: string[] = [];
  const numbers = customers.map(custId);
  const { numberOf, lines } = parties;
  // Whose other half was deleted by hand stays alone: nothing is made anew by itself (R71).
  const bore = (id: string) => lines.webcrm.of(id, 'customerNumber').map((entry) => entry.value ?? '');
  // An organisation whose customer or which itself was deleted before the number came back never bore it: its pair knows it.
  const madeOf = (id: string) =>
    pairs.flatMap(({ entity, webcrmId, fortnoxId }) =>
      entity === 'customer' && webcrmId === id ? [fortnoxId ?? ''] : [],
    );
  const widowed = new Set(
    removals.flatMap(({ entity, side, id, number }) =>
      entity === 'customer' ? [number, ...(side === 'webcrm' ? [...bore(id), ...madeOf(id)] : [])] : [],
    ),
  );
  for (const organisation of organisations) {
    const number = numberOf(organisation);
    const found = numbers.filter((one) => one === number).length;
    const due = isSelected(organisation) && (settings.numberOwner === 'fortnox' || number !== '');
    const everBore = [...bore(orgId(organisation)), ...madeOf(orgId(organisation))];
    const isAsked = found === 0 && twins.webcrm.has(orgId(organisation));
    if (due && found !== 1 && !isAsked && !everBore.some((one) => widowed.has(one)))
      problems.push(`organisation ${orgId(organisation)} (number "${number}") has ${found} customers`);
    const everSelected = lines.webcrm.of(orgId(organisation), 'kind').some((entry) => entry.value !== null);
    if (!everSelected && found > 0) problems.push(`organisation ${orgId(organisation)} of another Type has a customer`);
  }
  for (const number of numbers) {
    const found = organisations.filter((one) => numberOf(one) === number).length;
    const isAsked = found === 0 && twins.fortnox.has(number);
    if (found !== 1 && !isAsked && !widowed.has(number)) problems.push(`customer ${number} has ${found} organisations`);
  }
  return problems;
}

function judgeFields(ending: Ending, { partners, lines }: Parties): string[] {
  const problems: string[] = [];
  for (const organisation of ending.organisations) {
    const number = partners.webcrm.get(orgId(organisation));
    const customer = ending.customers.find((one) => custId(one) === number);
    if (customer === undefined || number === undefined) continue;
    const ids: Record<Side, string> = { webcrm: orgId(organisation), fortnox: number };
    const alwaysSelected = lines.webcrm.of(ids.webcrm, 'kind').every((entry) => entry.value !== null);
    for (const field of ending.fields) {
      if (field.name === 'customerNumber') continue;
      const where = `organisation ${ids.webcrm} / customer ${number}, ${field.name}`;
      const final = { webcrm: field.webcrm.read(organisation), fortnox: field.fortnox.read(customer) };
      if (isSelected(organisation) && final.webcrm !== final.fortnox) {
        problems.push(`${where}: "${final.webcrm}" in webCRM, "${final.fortnox}" in Fortnox`);
        continue;
      }
      const byHand = {
        webcrm: lines.webcrm.of(ids.webcrm, field.name).filter((entry) => entry.byHand),
        fortnox: lines.fortnox.of(ids.fortnox, field.name).filter((entry) => entry.byHand),
      };
      const last = { webcrm: byHand.webcrm.at(-1), fortnox: byHand.fortnox.at(-1) };
      // While the Type is another one, Fortnox keeps what it had: an older value of webCRM may stand there (R11).
      const permitted: Record<Side, (Entry | undefined)[]> = {
        webcrm: [last.webcrm, last.fortnox],
        fortnox: [last.fortnox, ...(isSelected(organisation) ? [last.webcrm] : byHand.webcrm)],
      };
      for (const side of ['webcrm', 'fortnox'] as const) {
        const value = final[side];
        if (value === null || permitted[side].some((entry) => entry?.value === value)) continue;
        const typed = JSON.stringify(permitted[side].flatMap((entry) => entry?.value ?? []));
        problems.push(`${where}: "${value}" in ${side}, but people typed ${typed}`);
      }
      if (
        alwaysSelected &&
        last.webcrm &&
        last.fortnox &&
        Math.abs(last.webcrm.at - last.fortnox.at) > ending.settledMs
      ) {
        const later = last.webcrm.at > last.fortnox.at ? last.webcrm : last.fortnox;
        const side: Side = later === last.webcrm ? 'webcrm' : 'fortnox';
        const overrun = inGap(lines[side].of(ids[side], field.name), later, ending.gapMs);
        if (final.webcrm !== later.value && !overrun) {
          problems.push(
            `${where}: "${final.webcrm}", though "${later.value}" was typed in ${side} long after the other`,
          );
        }
      }
    }
  }
  return problems;
}

/** The service's write that took the edit's place, when one came within the gap. */
const inGap = (line: readonly Entry[], edit: Entry, gapMs: number): boolean => {
  const next = line.slice(line.indexOf(edit) + 1).find((entry) => entry.value !== edit.value);
  return next !== undefined && !next.byHand && next.at - edit.at <= gapMs;
};

/** No value that a person typed is overwritten unseen: the other side had it, or the activity log has it. */
function judgeLosses(ending: Ending, { partners, lines }: Parties): { problems: string[]; gapEdits: number } {
  const { edits, fields, activity, gapMs, settledMs } = ending;
  const problems: string[] = [];
  let gapEdits = 0;
  for (const edit of edits) {
    const { side, id } = edit;
    for (const field of fields) {
      if (!edit.isNew && !edit.fields.includes(field.name)) continue;
      const line = lines[side].of(id, field.name);
      const index = line.findIndex((entry) => entry.by === edit);
      const entry = line[index];
      if (entry === undefined || entry.value === null) continue;
      const next = line.slice(index + 1).find((later) => later.value !== entry.value);
      if (next === undefined || next.byHand) continue;
      // A field that nobody filled, or that was emptied before the two were linked, is not a value: the other side's flows in (R21).
      const isUnknown = !edit.fields.includes(field.name) || isLinkedAfter(activity, edit);
      if (isUnknown && entry.value === '') continue;
      const partner = partners[side].get(id);
      const across = partner === undefined ? [] : lines[otherSide(side)].of(partner, field.name);
      const reached = had(across, entry.value, entry.at, next.at) || isTakenBack(line, index, across, settledMs);
      if (isPutBack(line, index, gapMs) || isFirstNumber(ending, edit, field.name, next)) continue;
      if (reached || isLogged(activity, side, id, field.name, entry.value)) continue;
      if (next.at - entry.at <= gapMs) gapEdits += 1;
      else {
        const after = `${next.at - entry.at} ms later`;
        problems.push(
          `${side} ${id}, ${field.name}: "${entry.value}" was overwritten by "${next.value}" ${after}, no line says so`,
        );
      }
    }
  }
  return { problems, gapEdits };
}

/** An import makes a customer of its organisation as it was listed, and writes its number back (known, and in DESIGN.md). */
const isFirstNumber = ({ imported, writes }: Ending, { side, at }: Edit, field: string, next: Entry): boolean =>
  imported &&
  side === 'webcrm' &&
  field === 'customerNumber' &&
  writes.fortnox.some((write) => write.method === 'POST' && write.id === next.value && write.at >= at);

/** The trial of R3: what a person emptied is restored, and emptied again a moment later. */
function isPutBack(line: readonly Entry[], index: number, gapMs: number): boolean {
  const later = line.slice(index);
  const [restored, again] = later.filter(({ value }, at) => at > 0 && value !== later[at - 1]?.value);
  if (restored === undefined || again === undefined || line[index]?.value !== '' || again.value !== '') return false;
  return !restored.byHand && !again.byHand && again.at - restored.at <= gapMs;
}

/** Typed and put back to what it was before anybody saw it: no change, so nothing is lost. */
function isTakenBack(line: readonly Entry[], index: number, across: readonly Entry[], settledMs: number): boolean {
  const back = line[index] as Entry;
  for (let earlier = index - 1; earlier >= 0 && line[earlier + 1]?.byHand; earlier -= 1) {
    const between = line.slice(earlier + 1, index);
    if (between.some((entry) => isSeen(across, entry, back.at, settledMs))) return false;
    if (line[earlier]?.value === back.value && between.length > 0) return true;
  }
  return false;
}

/** What somebody typed on the other side as well is written nowhere: it shows that the two were compared only after a while. */
const isSeen = (across: readonly Entry[], { value, at }: Entry, until: number, settledMs: number): boolean =>
  had(across, value, at, until, ({ byHand }) => !byHand || until - at > settledMs);

const isOf = ({ entity, webcrmId, fortnoxId }: Activity, side: Side, id: string): boolean =>
  entity === 'customer' && (side === 'webcrm' ? webcrmId : fortnoxId) === id;

const isLinkedAfter = (activity: readonly Activity[], { side, id, at }: Edit): boolean =>
  activity.some((line) => line.action === 'linked' && isOf(line, side, id) && line.at >= at);

const isLogged = (activity: readonly Activity[], side: Side, id: string, field: string, value: string): boolean =>
  activity.some(
    (line) =>
      isOf(line, side, id) &&
      line.lost.some((lost) => lost.side === side && lost.field === field && (lost.before ?? '') === value),
  );

/** Nothing was made twice, by our own key. What a person deleted before its answer could be found again was not there to be found. */
function judgeCreations({ writes, removals }: Ending): string[] {
  const problems: string[] = [];
  for (const side of ['webcrm', 'fortnox'] as const) {
    const deleted = new Set(
      removals.flatMap((one) => (one.side === side && one.entity === 'customer' ? [one.id] : [])),
    );
    const created = writes[side].filter(({ method, id }) => method === 'POST' && !deleted.has(id));
    const keys = created.map((write) =>
      String(side === 'fortnox' ? write.fields.ExternalReference : write.fields.OrganisationCustom1),
    );
    for (const key of new Set(keys)) {
      const count = keys.filter((one) => one === key).length;
      if (count > 1) problems.push(`the record of ${key} was created ${count} times in ${side}`);
    }
  }
  return problems;
}

/** R70: only the side that the policy does not prefer loses. The customer number is always Fortnox's to keep (R30). */
function judgePolicy(activity: readonly Activity[], settings: Settings): string[] {
  const ofCustomers = activity.filter((line) => line.entity === 'customer');
  const lost = ofCustomers.flatMap((line) => line.lost.map((one) => ({ ...one, line })));
  return lost
    .filter((one) => one.field !== 'customerNumber' && one.side === settings.conflictPolicy)
    .map(
      (one) =>
        `${one.field} of ${one.line.webcrmId} lost in ${one.side} against the policy: "${one.before}" became "${one.after}"`,
    );
}
