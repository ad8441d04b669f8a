import type { JobOutcome } from '../../queue/types.ts';
import type { JobContext } from '../context.ts';
import { DONE } from '../outcome.ts';

/**
 * A quotation line may have changed: its delivery is looked at. A line that a pair holds costs no call, also when it was
 * deleted; of another one webCRM is asked whose it is. Lines of opportunities lead to nothing: they share one space of ids
 * with deliveries, and the delivery is not found, which ends without a word (webcrm.md 8.3).
 */
export async function lineJob(context: JobContext): Promise<JobOutcome> {
  const { store, tenant, job, vendors, hint } = context;
  const pair = await store.pairs.byLine(tenant.id, job.id);
  const delivery = pair?.webcrmId ?? (await ownerOf());
  if (delivery !== null)
    await hint([{ tenant: tenant.id, entity: 'delivery', side: 'webcrm', id: delivery, priority: job.priority }]);
  return DONE;

  async function ownerOf(): Promise<string | null> {
    const line = await vendors.webcrm.getLine(job.id, job.priority);
    return line?.QuotationLineOpportunityId ? String(line.QuotationLineOpportunityId) : null;
  }
}
