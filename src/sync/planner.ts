import type { FieldChange, Image, PairBase, Side } from '../../schemas/records.ts';
import { otherSide, SIDES } from '../../schemas/records.ts';
import { express, type FieldLine } from './fields.ts';
import { isCut } from './normalise.ts';
import type { Reason } from './reasons.ts';

/** A value that was overwritten or put back, and where. */
export type Lost = FieldChange & { readonly side: Side };

/** Whether a change may be written; when not, whether the other side's value is put back instead of leaving the edit. */
export type Permission =
  | { readonly ok: true }
  | { readonly ok: false; readonly why?: Reason; readonly putBack?: boolean };

export interface FieldPlanInput {
  readonly map: readonly FieldLine[];
  /** null at the first link (R21). */
  readonly base: PairBase | null;
  readonly webcrm: Image;
  readonly fortnox: Image;
  /** Who wins when both changed one field (R70). */
  readonly policy: Side;
  /** Who wins at the first link when an import says so (R21); else the policy. */
  readonly firstLink?: Side | null;
  permit(line: FieldLine, target: Side): Permission;
}

export interface FieldDecision {
  readonly writes: Readonly<Record<Side, Readonly<Record<string, string>>>>;
  readonly changes: Readonly<Record<Side, readonly FieldChange[]>>;
  readonly lost: readonly Lost[];
  readonly nextBase: PairBase;
  readonly reasons: readonly Reason[];
}

/** What is decided of one field: which side is written, or that both stand as they are. */
type Verdict = { to: Side; lost?: boolean; why?: Reason } | { to: null; settled: boolean; why?: Reason };

/**
 * Decides what to write of a record's fields, from what is on both sides now and what was there last. Total and pure. A
 * field whose writing is not permitted keeps its old base, so that its change is seen again when it is (R72).
 */
export function planFields(input: FieldPlanInput): FieldDecision {
  const writes: Record<Side, Record<string, string>> = { webcrm: {}, fortnox: {} };
  const changes: Record<Side, FieldChange[]> = { webcrm: [], fortnox: [] };
  const lost: Lost[] = [];
  const reasons = new Set<Reason>();
  const nextBase: Record<Side, Record<string, string | null>> = {
    webcrm: { ...input.base?.webcrm },
    fortnox: { ...input.base?.fortnox },
  };
  for (const line of input.map) {
    const { field } = line;
    const now = { webcrm: input.webcrm[field], fortnox: input.fortnox[field] };
    if (now.webcrm === undefined || now.fortnox === undefined) {
      const unread = now.webcrm === undefined ? line.webcrm : line.fortnox;
      // A Type that is not selected says nothing of the kind: that is told as the pair's state.
      if (field !== 'kind' && unread.unreadable !== 'in-step') reasons.add(unread.unreadable);
      continue;
    }
    const present = { webcrm: now.webcrm, fortnox: now.fortnox };
    const judged = judge(line, present, input);
    const verdict = permitted(line, present, judged, input);
    if (verdict.why) reasons.add(verdict.why);
    if (verdict.to === null) {
      if (verdict.settled) {
        nextBase.webcrm[field] = present.webcrm;
        nextBase.fortnox[field] = present.fortnox;
      } else if (judged.to !== null && judged.why === 'first-link-overwrote') {
        // What wins is remembered: emptied before the write is permitted, it is an edit, and no field that was never filled.
        const source = otherSide(judged.to);
        if (nextBase[judged.to][field] === undefined) nextBase[source][field] ??= present[source];
      }
      continue;
    }
    const target = verdict.to;
    const source = otherSide(target);
    const value = present[source];
    Object.assign(writes[target], line[target].write(value));
    const after = express(line[target], value) ?? null;
    changes[target].push({ field, before: present[target], after });
    if (after !== value && field !== 'kind' && isCut(value, after)) reasons.add('value-cut');
    if (verdict.lost) lost.push({ side: target, field, before: present[target], after });
    nextBase[source][field] = value;
    nextBase[target][field] = after;
  }
  return { writes, changes, lost, nextBase, reasons: [...reasons] };
}

type Present = { webcrm: string | null; fortnox: string | null };

/** R1: a side has changed when it differs from its own image. R21 without an image, R31, R70 when both have changed. */
function judge(line: FieldLine, now: Present, { base, policy, firstLink }: FieldPlanInput): Verdict {
  const image = { webcrm: base?.webcrm[line.field], fortnox: base?.fortnox[line.field] };
  const toLoser = otherSide(policy);
  if (line.owner === 'fortnox') {
    if (agree(line, now)) return { to: null, settled: true };
    const typed = now.webcrm !== null && now.webcrm !== image.webcrm;
    return typed ? { to: 'webcrm', lost: true, why: 'owned-by-fortnox' } : { to: 'webcrm' };
  }
  if (image.webcrm === undefined || image.fortnox === undefined) {
    if (agree(line, now)) return { to: null, settled: true };
    return judgeFirstLink(now, image, firstLink ?? policy);
  }
  const changed = { webcrm: now.webcrm !== image.webcrm, fortnox: now.fortnox !== image.fortnox };
  if (!changed.webcrm && !changed.fortnox) return { to: null, settled: true };
  if (agree(line, now)) return { to: null, settled: true };
  if (changed.webcrm && changed.fortnox) return { to: toLoser, lost: true, why: 'conflict-resolved' };
  return { to: changed.webcrm ? 'fortnox' : 'webcrm' };
}

/**
 * R21, of values that differ. A side with an image alone showed that when the link was made and its writing had to wait (R72), or when its
 * own write is not known to have arrived: what was emptied there since goes over, unless the other side wins.
 */
function judgeFirstLink(
  now: Present,
  image: { readonly [side in Side]: string | null | undefined },
  winner: Side,
): Verdict {
  const wrote = { lost: true, why: 'first-link-overwrote' } as const;
  const held = SIDES.find((side) => (image[side] ?? null) !== null);
  if (held !== undefined && now[held] === null) return { to: winner === held ? otherSide(held) : held, ...wrote };
  const empty = SIDES.find((side) => now[side] === null);
  if (empty === undefined) return { to: otherSide(winner), ...wrote };
  // Where both had a value, only the one that wins has an image: the other one was emptied since.
  return held !== undefined && image[held] === now[held] ? { to: empty, ...wrote } : { to: empty };
}

/** Equal as far as one of the sides can express the other's value. */
const agree = (line: FieldLine, now: Present): boolean =>
  express(line.fortnox, now.webcrm) === now.fortnox || express(line.webcrm, now.fortnox) === now.webcrm;

/** A verdict turned round: it too needs its permission. */
function redirected(line: FieldLine, verdict: Verdict & { to: Side }, permit: FieldPlanInput['permit']): Verdict {
  const permission = permit(line, verdict.to);
  if (permission.ok) return verdict;
  const { why = verdict.why } = permission;
  return { to: null, settled: false, ...(why === undefined ? {} : { why }) };
}

/** What may not be written, and what a side cannot hold: turns a verdict that may not be carried out into one that may. */
function permitted(line: FieldLine, now: Present, verdict: Verdict, { permit }: FieldPlanInput): Verdict {
  if (verdict.to === null) return verdict;
  const permission = permit(line, verdict.to);
  if (!permission.ok) {
    const why = permission.why === undefined ? {} : { why: permission.why };
    if (permission.putBack) return redirected(line, { to: otherSide(verdict.to), lost: true, ...why }, permit);
    return { to: null, settled: false, ...why };
  }
  if (verdict.to === 'fortnox' && now.webcrm === null && !line.fortnox.clearable) {
    return redirected(line, { to: 'webcrm', lost: true, why: 'cannot-be-empty' }, permit);
  }
  const value = verdict.to === 'webcrm' ? now.fortnox : now.webcrm;
  if (line[verdict.to].write(value) === undefined)
    return { to: null, settled: false, why: line[verdict.to].unreadable };
  return verdict;
}
