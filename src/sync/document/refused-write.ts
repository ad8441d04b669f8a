import type { Hint, Pair } from '../../../schemas/records.ts';
import { isSyncError, type SyncError } from '../../errors/sync-error.ts';
import type { JobOutcome } from '../../queue/types.ts';
import type { JobContext } from '../context.ts';
import { type DocumentRecords, linesNow } from './records.ts';

/** Kept among Fortnox's images: this invoice's rows belong to orders that it does not name. */
const LOCKED_ROWS = 'rowsLocked';

export const hasLockedRows = (pair: Pair): boolean => pair.base?.fortnox[LOCKED_ROWS] === 'yes';

/**
 * Fortnox refused rows because they belong to an order. A collective invoice may name none of its orders (unproven), so
 * nothing but this refusal tells it (fortnox.md 4). Remembered, so that it is asked once; false: the refusal says something else.
 */
export async function rememberLockedRows({ store, runtime }: JobContext, pair: Pair, error: unknown): Promise<boolean> {
  if (!isSyncError(error) || pair.base === null || hasLockedRows(pair)) return false;
  if (pair.fortnoxKind !== 'invoice' || !/koppling till en order/i.test(error.message)) return false;
  const base = { ...pair.base, fortnox: { ...pair.base.fortnox, [LOCKED_ROWS]: 'yes' } };
  await store.pairs.replace({ ...pair, base, updatedAt: runtime.now() });
  return true;
}

/** What a write of a document leans on; `fortnox`: the document, when there is one. */
type LeaningOn = Pick<DocumentRecords, 'lines'> & Partial<Pick<DocumentRecords, 'fortnox'>>;

/** Until the jobs of what is gone have run. */
const NEIGHBOUR_MS = 2_000;

/**
 * A write that Fortnox refused because its customer or an article was deleted unheard of comes again when that is known.
 * Raises the refusal `error` when nothing that it leaned on is gone.
 */
export async function afterNeighbours(
  context: JobContext,
  records: LeaningOn,
  customerNumber: string | null,
  error: SyncError,
): Promise<JobOutcome> {
  const gone = await goneNeighbours(context, records, customerNumber);
  if (gone.length === 0) throw error;
  await context.hint(gone);
  return { kind: 'later', afterMs: NEIGHBOUR_MS, why: 'a customer or article that it names is gone in Fortnox' };
}

/**
 * What a refused write leaned on and Fortnox no longer has, because the event of its deletion was lost: the customer, or articles.
 * Each is a hint; their jobs find out, and the next plan does without them. At most one call each.
 */
async function goneNeighbours(
  { vendors, job, tenant, store }: JobContext,
  records: LeaningOn,
  customerNumber: string | null,
): Promise<Hint[]> {
  const { priority } = job;
  const gone: Hint[] = [];
  const hint = (entity: 'customer' | 'article', id: string) =>
    gone.push({ tenant: tenant.id, entity, side: 'fortnox', id, priority });
  const { fortnox } = records;
  if (customerNumber !== null && customerNumber !== fortnox?.document.CustomerNumber) {
    if ((await vendors.fortnox.getCustomer(customerNumber, priority)) === null) hint('customer', customerNumber);
  }
  const named = new Set(linesNow(tenant.settings.documents, records.lines).map(({ row }) => row.article));
  for (const article of named) {
    if (article === null) continue;
    // One that no pair holds was asked for by the plan itself.
    const pair = await store.pairs.bySide(tenant.id, 'article', 'fortnox', article);
    if (pair?.state !== 'linked') continue;
    if ((await vendors.fortnox.getArticle(article, priority)) === null) hint('article', article);
  }
  return gone;
}
