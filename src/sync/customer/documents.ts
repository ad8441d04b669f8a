import type { Entity, Hint, Pair, Side } from '../../../schemas/records.ts';
import { SIDES } from '../../../schemas/records.ts';
import { documentStart } from '../start-date.ts';
import type { CustomerContext } from './context.ts';

const WAITING_A_PAGE = 200;

/** How a record says which customer it waits for (`decisions.waitsFor`). */
export const waitsFor = (side: Side, id: string): string => `${side}:${id}`;

/** The customer that a stored decision waits for; null: none, or something else. */
export function customerWaitedFor(name: string | null): { entity: 'customer'; side: Side; id: string } | null {
  const side = SIDES.find((one) => name?.startsWith(`${one}:`));
  if (name === null || side === undefined) return null;
  return { entity: 'customer', side, id: name.slice(side.length + 1) };
}

function hintsOf({ tenant, job }: CustomerContext, entity: Entity, side: Side, ids: readonly string[]): Hint[] {
  return ids.map((id) => ({ tenant: tenant.id, entity, side, id, priority: job.priority }));
}

/**
 * R12: queues the deliveries of an organisation that is about to be in step, and the documents of its customer when it has
 * one already. Called before the pair is stored, so that a crash cannot lose them: until then they wait for the customer.
 * An import brings its documents itself, so its customers cost no calls here.
 */
export async function listDocuments(
  context: CustomerContext,
  customer: { organisationId: string; customerNumber: string | null },
): Promise<void> {
  const { vendors, tenant, job, hint } = context;
  if (job.importId !== null) return;
  const deliveries = await vendors.webcrm.deliveriesOf(customer.organisationId, job.priority);
  await hint(
    hintsOf(
      context,
      'delivery',
      'webcrm',
      deliveries.map((row) => String(row.DeliveryId)),
    ),
  );
  if (customer.customerNumber === null) return;
  const start = documentStart(tenant);
  const kinds = tenant.settings.documentMode === 'order' ? (['order', 'invoice'] as const) : (['invoice'] as const);
  for (const kind of kinds) {
    const rows = await vendors.fortnox.findDocuments(kind, 'customernumber', customer.customerNumber, job.priority);
    const date = kind === 'order' ? 'OrderDate' : 'InvoiceDate';
    const numbers = rows.filter((row) => String(row[date] ?? '') >= start).map((row) => row.DocumentNumber);
    await hint(hintsOf(context, kind, 'fortnox', numbers));
  }
}

/** Queues what waits for this pair. Costs no call; done at every run, so that a crash after the link loses nothing. */
export async function bringWaiting(context: CustomerContext, pair: Pair): Promise<void> {
  if (pair.state !== 'linked' || pair.webcrmId === null || pair.fortnoxId === null) return;
  const { store, tenant, job, hint } = context;
  for (const name of [waitsFor('webcrm', pair.webcrmId), waitsFor('fortnox', pair.fortnoxId)]) {
    let after: { entity: Entity; side: Side; id: string } | undefined;
    for (;;) {
      const records = await store.decisions.waitingFor(tenant.id, name, { limit: WAITING_A_PAGE, after });
      await hint(records.map((record) => ({ tenant: tenant.id, ...record, priority: job.priority })));
      after = records.at(-1);
      if (records.length < WAITING_A_PAGE) break;
    }
  }
}
