import type { Reason } from '../reasons.ts';

/** What identifies a record on either side. */
export interface Identity {
  readonly id: string;
  readonly name: string | null;
  readonly number: string | null;
  readonly organisationNumber: string | null;
}
export interface Candidate extends Identity {
  /** Linked to another record already. */
  readonly taken: boolean;
}
export type Match =
  | { kind: 'link'; id: string; reason: Reason }
  | { kind: 'conflict'; ids: string[]; reason: Reason }
  | { kind: 'none' };

const same = (a: string | null, b: string | null): boolean =>
  a !== null && b !== null && a.toLowerCase() === b.toLowerCase();
const differ = (a: string | null, b: string | null): boolean =>
  a !== null && b !== null && a.toLowerCase() !== b.toLowerCase();

/**
 * R20: links by customer number or organisation number when nothing contradicts; an equal name alone only proposes;
 * more than one, or a number that another pair bears, is for a person. Pure. A name without a pair that a number
 * contradicts is somebody else's.
 */
export function match(record: Identity, candidates: readonly Candidate[]): Match {
  const byNumber = candidates.filter((other) => same(record.number, other.number));
  const byOrganisation = candidates.filter((other) => same(record.organisationNumber, other.organisationNumber));
  const strong = [...new Map([...byNumber, ...byOrganisation].map((other) => [other.id, other])).values()];
  const only = strong[0];
  if (strong.length > 1) return { kind: 'conflict', ids: strong.map(({ id }) => id), reason: 'match-ambiguous' };
  if (only) {
    if (only.taken) return { kind: 'conflict', ids: [only.id], reason: 'number-already-paired' };
    const contradicts =
      differ(record.number, only.number) || differ(record.organisationNumber, only.organisationNumber);
    if (contradicts) return { kind: 'conflict', ids: [only.id], reason: 'match-contradicted' };
    return {
      kind: 'link',
      id: only.id,
      reason: byNumber.length > 0 ? 'linked-by-number' : 'linked-by-organisation-number',
    };
  }
  const byName = candidates.filter(
    (other) =>
      !other.taken &&
      same(record.name, other.name) &&
      !differ(record.number, other.number) &&
      !differ(record.organisationNumber, other.organisationNumber),
  );
  return byName.length === 0
    ? { kind: 'none' }
    : { kind: 'conflict', ids: byName.map(({ id }) => id), reason: 'match-proposed' };
}
