import type { CustomerField } from '../../schemas/customer.ts';
import type { FieldChange, PairBase, Side } from '../../schemas/records.ts';
import type { Settings } from '../../schemas/settings.ts';
import { type CustomerView, express, type FieldLine } from './customer-map.ts';
import type { Reason } from './reasons.ts';

export interface PlanInput {
  readonly map: readonly FieldLine[];
  /** null at the first link (R21). */
  readonly base: PairBase | null;
  readonly webcrm: CustomerView;
  readonly fortnox: CustomerView;
  /** The number in webCRM's custom field, and the one that the customer bears. */
  readonly number: { readonly webcrm: string | null; readonly fortnox: string };
  readonly settings: Settings;
  /** The present Type is among the selected ones (R10). */
  readonly selected: boolean;
}

export interface Decision {
  readonly writes: Readonly<Record<Side, Readonly<Record<string, string>>>>;
  readonly changes: Readonly<Record<Side, readonly FieldChange[]>>;
  readonly lost: readonly (FieldChange & { side: Side })[];
  readonly nextBase: PairBase;
  readonly state: 'linked' | 'excluded';
  readonly reasons: readonly Reason[];
}

/** What is decided of one field: which side is written, or that both stand as they are. */
type Verdict = { to: Side; lost?: boolean; why?: Reason } | { to: null; settled: boolean; why?: Reason };

/**
 * Decides what to write, from what is on both sides now and what was there last. Total and pure. A field whose writing
 * is not permitted keeps its old base, so that its change is seen again when it is (R72).
 */
export function plan(input: PlanInput): Decision {
  const writes: Record<Side, Record<string, string>> = { webcrm: {}, fortnox: {} };
  const changes: Record<Side, FieldChange[]> = { webcrm: [], fortnox: [] };
  const lost: (FieldChange & { side: Side })[] = [];
  const reasons = new Set<Reason>();
  const nextBase: { webcrm: Record<string, unknown>; fortnox: Record<string, unknown> } = {
    webcrm: { ...input.base?.webcrm },
    fortnox: { ...input.base?.fortnox },
  };
  if (!input.selected) reasons.add('pair-excluded');

  for (const line of input.map) {
    const { field } = line;
    const now = { webcrm: input.webcrm[field], fortnox: input.fortnox[field] };
    if (now.webcrm === undefined || now.fortnox === undefined) {
      const unread = now.webcrm === undefined ? line.webcrm : line.fortnox;
      if (field !== 'kind' && unread.unreadable !== 'in-step') reasons.add(unread.unreadable);
      continue;
    }
    const present = { webcrm: now.webcrm, fortnox: now.fortnox };
    const verdict = permit(line, present, judge(line, present, input), input);
    if (verdict.why) reasons.add(verdict.why);
    if (verdict.to === null) {
      if (verdict.settled) {
        nextBase.webcrm[field] = present.webcrm;
        nextBase.fortnox[field] = present.fortnox;
      }
      continue;
    }
    const target = verdict.to;
    const source: Side = target === 'webcrm' ? 'fortnox' : 'webcrm';
    const value = present[source];
    Object.assign(writes[target], line[target].write(value));
    const after = express(line[target], value) ?? null;
    changes[target].push({ field, before: present[target], after });
    if (after !== value && field !== 'kind' && isCut(value, after)) reasons.add('value-cut');
    if (verdict.lost) lost.push({ side: target, field, before: present[target], after });
    nextBase[source][field] = value;
    nextBase[target][field] = after;
  }

  planNumber(input, writes, changes, lost, reasons);
  return {
    writes,
    changes,
    lost,
    nextBase: nextBase as PairBase,
    state: input.selected ? 'linked' : 'excluded',
    reasons: [...reasons],
  };
}

const isCut = (value: string | null, after: string | null): boolean => (after?.length ?? 0) < (value?.length ?? 0);

type Present = { webcrm: string | null; fortnox: string | null };

/** R1: a side has changed when it differs from its own image. R21 without an image, R70 when both have changed. */
function judge(line: FieldLine, now: Present, { base, settings }: PlanInput): Verdict {
  const image = { webcrm: base?.webcrm[line.field], fortnox: base?.fortnox[line.field] };
  const winner = settings.conflictPolicy;
  const toLoser: Side = winner === 'fortnox' ? 'webcrm' : 'fortnox';
  if (image.webcrm === undefined || image.fortnox === undefined) {
    if (agree(line, now)) return { to: null, settled: true };
    if (now.webcrm === null) return { to: 'webcrm' };
    if (now.fortnox === null) return { to: 'fortnox' };
    return { to: toLoser, lost: true, why: 'first-link-overwrote' };
  }
  const changed = { webcrm: now.webcrm !== image.webcrm, fortnox: now.fortnox !== image.fortnox };
  if (!changed.webcrm && !changed.fortnox) return { to: null, settled: true };
  if (agree(line, now)) return { to: null, settled: true };
  if (changed.webcrm && changed.fortnox) return { to: toLoser, lost: true, why: 'conflict-resolved' };
  return { to: changed.webcrm ? 'fortnox' : 'webcrm' };
}

/** Equal as far as one of the sides can express the other's value. */
const agree = (line: FieldLine, now: Present): boolean =>
  express(line.fortnox, now.webcrm) === now.fortnox || express(line.webcrm, now.fortnox) === now.webcrm;

/** R10, R11, R14 and what a side cannot hold: turns a verdict that may not be carried out into one that may. */
function permit(line: FieldLine, now: Present, verdict: Verdict, { selected, settings }: PlanInput): Verdict {
  if (verdict.to === null) return verdict;
  if (!selected && (verdict.to === 'fortnox' || !settings.excludedKeepFlowing)) return { to: null, settled: false };
  if (verdict.to === 'fortnox' && now.webcrm === null && !line.fortnox.clearable) {
    return { to: 'webcrm', lost: true, why: 'cannot-be-empty' };
  }
  const value = verdict.to === 'webcrm' ? now.fortnox : now.webcrm;
  if (line[verdict.to].write(value) === undefined)
    return { to: null, settled: false, why: line[verdict.to].unreadable };
  return verdict;
}

/** R30: once the customer exists its number stays; webCRM shows it. */
function planNumber(
  { number, settings, selected }: PlanInput,
  writes: Record<Side, Record<string, string>>,
  changes: Record<Side, FieldChange[]>,
  lost: (FieldChange & { side: Side })[],
  reasons: Set<Reason>,
): void {
  if (number.webcrm === number.fortnox) return;
  if (!selected && !settings.excludedKeepFlowing) return;
  const change = { field: 'customerNumber' satisfies CustomerField, before: number.webcrm, after: number.fortnox };
  writes.webcrm[settings.customFields.customerNumber] = number.fortnox;
  changes.webcrm.push(change);
  if (number.webcrm === null) return;
  lost.push({ ...change, side: 'webcrm' });
  reasons.add(settings.numberOwner === 'fortnox' ? 'number-put-back' : 'number-cannot-change');
}
