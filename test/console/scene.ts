import { settled } from '../../src/demo/import-step.ts';
import { ofTenant } from '../../src/demo/tour.ts';
import { until } from '../../src/demo/wait.ts';
import type { World } from './world.ts';

const LIMIT_MS = 120_000;
const TWIN = 'Tvillingen AB';
/** What Fortnox says when it refuses a customer in these tests. */
export const REFUSAL = 'Telefonnumret kan inte sparas';

interface Status {
  readonly jobs: { readonly dead: number };
  readonly pairs: Readonly<Record<string, number>>;
  readonly pausedParts: readonly { readonly waiting: number }[];
}

/** What happens in the two companies, so that the console has something of each kind to show. Each ends when the service has seen it. */
export function sceneOf({ tour, at, urls }: World) {
  const wait = async <T>(what: string, probe: () => Promise<T | null>): Promise<T> =>
    (await until(tour.runtime, what, LIMIT_MS, probe)).value;
  const status = () => tour.api.get<Status>(ofTenant(tour, '/status'));
  const waitFor = (what: string, holds: (status: Status) => boolean) =>
    wait(what, async () => (holds(await status()) ? true : null));
  const customerAt = (index: number): { organisationId: number; customerNumber: string } => {
    const found = tour.seeded.matched[index];
    if (found === undefined) throw new Error('The seed is too small.');
    return found;
  };
  const firstOf = (kind: string) =>
    wait(kind, async () => (await at.get<{ DocumentNumber: string }[]>(`/control/fortnox/${kind}`))[0] ?? null);

  return {
    wait,
    customerAt,
    settled: () => settled(tour),
    /** Somebody changes the telephone of a customer in webCRM. */
    async rings(index: number, telephone: string): Promise<void> {
      const path = `/control/webcrm/organisations/${customerAt(index).organisationId}`;
      await at.patch(path, { OrganisationTelephone: telephone });
    },
    /** Fortnox refuses so many changes of customers. */
    async refuses(times: number): Promise<void> {
      const body = JSON.stringify({ ErrorInformation: { error: 1, message: REFUSAL, code: 2000106 } });
      await at.post('/control/fortnox/fail', { method: 'PUT', path: '/3/customers/{id}', status: 400, body, times });
    },
    /** Fortnox refuses the next change of each of these customers. */
    async refused(...indexes: readonly number[]): Promise<void> {
      await this.refuses(indexes.length);
      for (const index of indexes) await this.rings(index, `08-888 88 ${10 + index}`);
      await waitFor('what failed', ({ jobs }) => jobs.dead === indexes.length);
    },
    /** A new customer on either side, with one name. */
    async twins(): Promise<void> {
      await at.post('/control/fortnox/customers', { Name: TWIN, Type: 'COMPANY' });
      await at.post('/control/webcrm/organisations', { OrganisationName: TWIN, OrganisationType: 'Customer' });
    },
    conflicts: (n: number) => waitFor('what a person decides', ({ pairs }) => (pairs.conflict ?? 0) === n),
    /** The first delivery becomes an order, the order an invoice, and the invoice is booked. */
    async booked(): Promise<number> {
      const [delivery] = tour.seeded.deliveries;
      if (delivery === undefined) throw new Error('The seed has no delivery.');
      await at.patch(`/control/webcrm/deliveries/${delivery}`, { DeliveryStatus: 'Planned' });
      const order = await firstOf('orders');
      await at.post(`/control/fortnox/orders/${order.DocumentNumber}/invoice`, {});
      const invoice = await firstOf('invoices');
      await at.post(`/control/fortnox/invoices/${invoice.DocumentNumber}/book`, {});
      return delivery;
    },
    /** Somebody deletes a customer in webCRM. */
    async deleted(index: number): Promise<void> {
      const id = customerAt(index).organisationId;
      await tour.runtime.fetch(`${urls.control}/control/webcrm/organisations/${id}`, { method: 'DELETE' });
      await tour.api.post(ofTenant(tour, '/jobs/sync'), { side: 'webcrm', entity: 'customer', id: String(id) });
      await waitFor('the pair of which one is gone', ({ pairs }) => (pairs.gone ?? 0) === 1);
    },
    waiting: (n: number) => waitFor('what waits', ({ pausedParts }) => pausedParts[0]?.waiting === n),
  };
}
export type Scene = ReturnType<typeof sceneOf>;
