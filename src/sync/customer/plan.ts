import type { Customer, CustomerField } from '../../../schemas/customer.ts';
import type { FieldChange, Image, PairBase, Side } from '../../../schemas/records.ts';
import type { Settings } from '../../../schemas/settings.ts';
import type { FieldLine } from '../fields.ts';
import { pausedReason } from '../paused.ts';
import { type FieldDecision, type Permission, planFields } from '../planner.ts';
import type { Reason } from '../reasons.ts';

/** A record in canonical form; a field that cannot be read is absent. */
export type CustomerView = Partial<Customer>;

export interface PlanInput {
  readonly map: readonly FieldLine[];
  /** null at the first link (R21). */
  readonly base: PairBase | null;
  readonly webcrm: Image;
  readonly fortnox: Image;
  /** The number in webCRM's custom field, and the one that the customer bears. */
  readonly number: { readonly webcrm: string | null; readonly fortnox: string };
  readonly settings: Settings;
  /** The present Type is among the selected ones (R10). */
  readonly selected: boolean;
  /** Sides on which customers are not written for now; absent: none. */
  readonly paused?: Readonly<Record<Side, boolean>>;
  /** The side that wins at the first link; null: the conflict policy says (R21). */
  readonly firstLink?: Side | null;
}

export interface Decision extends FieldDecision {
  readonly state: 'linked' | 'excluded';
}

/** Decides what to write of a customer. Total and pure. R10, R11: an excluded pair takes no writes in Fortnox. */
export function plan(input: PlanInput): Decision {
  const { settings, selected } = input;
  const fields = planFields({
    ...input,
    policy: settings.conflictPolicy,
    permit: (_line, target) => permitted(input, target),
  });
  const state = selected ? 'linked' : 'excluded';
  const excluded: Reason[] = selected ? [] : ['pair-excluded'];
  const number = planNumber(input);
  if (number === null) return { ...fields, state, reasons: [...excluded, ...fields.reasons] };
  const mayWrite = permitted(input, 'webcrm');
  if (!mayWrite.ok) {
    const why = mayWrite.why === undefined || fields.reasons.includes(mayWrite.why) ? [] : [mayWrite.why];
    return { ...fields, state, reasons: [...excluded, ...fields.reasons, ...why] };
  }
  const { change, overwrote } = number;
  return {
    ...fields,
    state,
    writes: {
      ...fields.writes,
      webcrm: { ...fields.writes.webcrm, [settings.customFields.customerNumber]: change.after ?? '' },
    },
    changes: { ...fields.changes, webcrm: [...fields.changes.webcrm, change] },
    lost: overwrote === null ? fields.lost : [...fields.lost, { ...change, side: 'webcrm' }],
    reasons: [...excluded, ...fields.reasons, ...(overwrote === null ? [] : [overwrote])],
  };
}

/** R11: an excluded pair takes no writes in Fortnox. R72: what is paused waits. */
function permitted({ settings, selected, paused }: PlanInput, target: Side): Permission {
  if (!selected && !(target === 'webcrm' && settings.excludedKeepFlowing)) return { ok: false };
  return paused?.[target] ? { ok: false, why: pausedReason(target) } : { ok: true };
}

/** R30: once the customer exists its number stays; webCRM shows it. null: nothing to write. */
function planNumber({ number, settings }: PlanInput): { change: FieldChange; overwrote: Reason | null } | null {
  if (number.webcrm === number.fortnox) return null;
  const change = { field: 'customerNumber' satisfies CustomerField, before: number.webcrm, after: number.fortnox };
  if (number.webcrm === null) return { change, overwrote: null };
  return { change, overwrote: settings.numberOwner === 'fortnox' ? 'number-put-back' : 'number-cannot-change' };
}
