import type { PairEntity } from '../../schemas/records.ts';
import { SEEDED_CUSTOM_FIELDS } from '../sandbox/seed.ts';
import { SEEDED_DELIVERY_FIELDS, SEEDED_ITEM_FIELDS } from '../sandbox/seed-documents.ts';
import { counts, customers, deliveries, invoices, items, orders, organisations } from './records.ts';
import { repeated, type Summary } from './summary.ts';
import { ofTenant, type Tour } from './tour.ts';

interface Status {
  readonly jobs: { readonly dead: number };
}
type Violations = readonly { readonly request: string; readonly why: string }[];

/** Calls that make a record; logins, tokens and hooks make none. */
const RECORDS = /^(POST|PUT) \/(3\/(customers|orders|invoices)|Organisations|Deliveries|QuotationLines)\b/;

function writes(byRoute: Readonly<Record<string, number>>, method: 'POST' | 'PUT'): number {
  const ours = Object.entries(byRoute).filter(([route]) => route.startsWith(method) && RECORDS.test(route));
  return ours.reduce((sum, [, count]) => sum + count, 0);
}

/** Pairs of one kind by state. */
async function pairsOf(tour: Tour, entity: PairEntity): Promise<Record<string, number>> {
  const states: Record<string, number> = {};
  for (let cursor = ''; ; ) {
    const page = await tour.api.get<{ items: { state: string }[]; next: string | null }>(
      ofTenant(tour, `/pairs?entity=${entity}&limit=200${cursor}`),
    );
    for (const { state } of page.items) states[state] = (states[state] ?? 0) + 1;
    if (page.next === null) return states;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}

const trimmed = (value: unknown): string => String(value ?? '').trim();
/** Values that occur more than once among the records, in words. */
const twice = <R>(what: string, records: readonly R[], value: (record: R) => unknown): string[] =>
  repeated(records.map((record) => trimmed(value(record)))).map((one) => `${what} ${one}`);

async function duplicates(tour: Tour): Promise<Summary['duplicates']> {
  const [inWebcrm, inFortnox, register, delivered, ordered, invoiced] = await Promise.all([
    organisations(tour),
    customers(tour),
    items(tour),
    deliveries(tour),
    orders(tour),
    invoices(tour),
  ]);
  // An invoice that was made from an order bears the order's key.
  const direct = invoiced.filter((row) => !row.OrderReference || row.OrderReference === '0');
  return {
    webcrm: [
      ...twice('customer number', inWebcrm, (row) => row[SEEDED_CUSTOM_FIELDS.customerNumber]),
      ...twice('organisation', inWebcrm, (row) => row.OrganisationName),
      ...twice('item', register, (row) => row[`QuotationLineLinkedDataItemData${SEEDED_ITEM_FIELDS.number}`]),
      ...twice('delivery with order', delivered, (row) => row[SEEDED_DELIVERY_FIELDS.number]),
      ...twice('delivery with invoice', delivered, (row) => row[SEEDED_DELIVERY_FIELDS.invoiceNumber]),
      ...twice('delivery with key', delivered, (row) => row.DeliveryErpId),
    ],
    fortnox: [
      ...twice('customer', inFortnox, (row) => row.Name),
      ...twice('order with key', ordered, (row) => row.ExternalInvoiceReference1),
      ...twice('invoice with key', direct, (row) => row.ExternalInvoiceReference1),
    ],
  };
}

/** Looks at both companies, the stand-ins' counters and the service's status. */
export async function summarise(tour: Tour, startedAt: number): Promise<Summary> {
  const { seeded } = tour;
  const [calls, status, webcrmViolations, fortnoxViolations] = await Promise.all([
    counts(tour),
    tour.api.get<Status>(ofTenant(tour, '/status')),
    tour.control.get<Violations>('/control/webcrm/violations'),
    tour.control.get<Violations>('/control/fortnox/violations'),
  ]);
  const [customer, article, delivery] = await Promise.all([
    pairsOf(tour, 'customer'),
    pairsOf(tour, 'article'),
    pairsOf(tour, 'delivery'),
  ]);
  const [delivered, ordered, invoiced] = await Promise.all([deliveries(tour), orders(tour), invoices(tour)]);
  const { webcrm, fortnox } = calls;
  return {
    tookMs: tour.runtime.now() - startedAt,
    created: { webcrm: writes(webcrm.byRoute, 'POST'), fortnox: writes(fortnox.byRoute, 'POST') },
    updated: { webcrm: writes(webcrm.byRoute, 'PUT'), fortnox: writes(fortnox.byRoute, 'PUT') },
    documents: { deliveries: delivered.length, orders: ordered.length, invoices: invoiced.length },
    calls: {
      webcrm: { ...webcrm, refused: webcrm.refused - tour.probes.webcrm },
      fortnox: { ...fortnox, refused: fortnox.refused - tour.probes.fortnox },
    },
    violations: [...webcrmViolations, ...fortnoxViolations].map(({ request, why }) => `${request}: ${why}`),
    duplicates: await duplicates(tour),
    failedJobs: status.jobs.dead,
    pairs: { customer, article, delivery },
    expectedPairs: {
      customer: seeded.matched.length + seeded.onlyWebcrm.length + seeded.onlyFortnox.length,
      article: seeded.articles.length,
      delivery: tour.deliveryPairs,
    },
  };
}
