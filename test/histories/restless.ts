import type { Pair, Side } from '../../schemas/records.ts';
import type { Reason } from '../../src/sync/reasons.ts';
import type { World } from './world.ts';

const ERROR_LEVEL = 50;

/** A fault of the store or of a vendor is told as an error; these are none of theirs. */
const OUR_FAULT = /failed unexpectedly|listener of job outcomes failed/;

/** Why a person keeps a half-made pair from being made: the article, or what became of its own record since it was begun. */
const WAITS_FOR_A_PERSON: readonly (string | null)[] = [
  'article-inactive',
  'article-refused',
  'before-start-date',
  'document-cancelled',
  'header-discount',
  'invoice-has-delivery',
  'no-rows',
  'status-not-selected',
  'vat-included',
] satisfies Reason[];

/**
 * What must hold of the service itself when all is quiet: a sentence for each thing that does not. In foul weather it may have
 * complained.
 */
export async function restless(
  world: World,
  twins: Readonly<Record<Side, ReadonlySet<string>>>,
  deletedByHand: boolean,
  foul: boolean,
): Promise<string[]> {
  const { store, tenantId } = world;
  const problems: string[] = [...world.channel.faults];
  const jobs = await store.jobs.counts(tenantId);
  if (jobs.waiting + jobs.running + jobs.dead > 0) {
    const open = (await store.jobs.list(tenantId, { limit: 20 })).items;
    // A number that a customer bore which a person deleted is taken for good: a person gives another.
    for (const job of open.filter(({ lastError }) => !(deletedByHand && lastError?.code === 'number-taken')))
      problems.push(`job ${job.key} is still ${job.state}: ${job.lastError?.message ?? 'no error'}`);
  }
  const pairs = await store.pairs.counts(tenantId);
  // A pair is gone, half made or asks for a person only where somebody deleted a record.
  for (const state of deletedByHand ? [] : ['creating', 'conflict', 'gone']) {
    if (!pairs[state]) continue;
    const { items } = await store.pairs.list(tenantId, { limit: 20, state });
    const isAsked = ({ entity, webcrmId, fortnoxId }: Pair) =>
      entity === 'customer' && (twins.webcrm.has(webcrmId ?? '') || twins.fortnox.has(fortnoxId ?? ''));
    for (const pair of items.filter((one) => !WAITS_FOR_A_PERSON.includes(one.reason) && !isAsked(one)))
      problems.push(`pair ${pair.entity} ${pair.webcrmId}/${pair.fortnoxId} is ${state}: ${pair.reason}`);
  }
  const tenant = await store.tenants.get(tenantId);
  if (tenant?.state !== 'connected') problems.push(`the tenant is ${tenant?.state}: ${tenant?.pausedReason}`);
  for (const [record, found] of Object.entries(tenant?.partialPut ?? {})) {
    if (found === 'broken')
      problems.push(`writes of webCRM's ${record}s were stopped, though it keeps what is not sent`);
  }
  for (const vendor of [world.webcrm, world.fortnox]) {
    for (const one of vendor.violations) problems.push(`violation at ${vendor.name}: ${one.request}: ${one.why}`);
  }
  for (const line of world.logged)
    if (line.level >= ERROR_LEVEL && (!foul || OUR_FAULT.test(line.text))) problems.push(`logged: ${line.text}`);
  return problems;
}
