import type { Pair } from '../../schemas/records.ts';
import type { Reason } from '../sync/reasons.ts';

/** Why a difference of a delivery may stand: it was seen, and its document does not take it (R41, R47, R50). */
const LEFT: ReadonlySet<string | null> = new Set<Reason>([
  'invoice-booked',
  'document-cancelled',
  'order-invoiced',
  'rows-locked-by-order',
  'invoice-shared',
  'invoice-sent-or-paid',
  'customer-cannot-change',
  'customer-not-linked',
  'article-refused',
]);

/**
 * A difference that a job has seen and left as it is: the pair was decided after the record changed. Without this every run
 * would read each of them anew. `changedAt` null: the record bears no time, as one that is gone.
 */
export const isLeft = (pair: Pick<Pair, 'reason' | 'updatedAt'>, changedAt: number | null): boolean =>
  LEFT.has(pair.reason) && (changedAt === null || changedAt <= pair.updatedAt);
