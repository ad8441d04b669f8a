import type { DeliveryStatus } from '../../schemas/delivery.ts';
import { DEFAULT_SETTINGS, type DocumentSettings, type Settings } from '../../schemas/settings.ts';
import { SWITCH_VALUES as FORTNOX_SWITCHES, type FortnoxSwitches } from '../../src/sandbox/fortnox/index.ts';
import { SWITCH_VALUES as WEBCRM_SWITCHES, type WebcrmSwitches } from '../../src/sandbox/webcrm/index.ts';
import type { Chances } from './prng.ts';

export interface Switches {
  readonly webcrm: WebcrmSwitches;
  readonly fortnox: FortnoxSwitches;
}

/** One value of each switch. webCRM keeps what a PUT leaves out: otherwise the service stops writing, as it should. */
function drawOf<T extends object>(
  values: { readonly [K in keyof T]: readonly [T[K], ...T[K][]] },
  chances: Chances,
): T {
  return Object.fromEntries(
    Object.entries<readonly unknown[]>(values).map(([name, all]) => [
      name,
      name === 'partialPut' ? 'keeps' : chances.one(all),
    ]),
  ) as T;
}

export function drawSwitches(chances: Chances): Switches {
  return { webcrm: drawOf(WEBCRM_SWITCHES, chances), fortnox: drawOf(FORTNOX_SWITCHES, chances) };
}

const SEND_STATUSES: readonly (readonly DeliveryStatus[])[] = [
  ['Planned', 'OnGoing', 'Completed'],
  ['Planned', 'OnGoing', 'Completed', 'New'],
  ['OnGoing', 'Completed'],
];
const ITEMS: readonly DocumentSettings['items'][] = [
  { number: 1, name: 2, unit: 3 },
  { number: 4, name: 2, unit: null },
  { number: 9, name: 1, unit: 5 },
];
/** Where each field of a delivery is shown when it is named. */
const COLUMNS = {
  deliveryDate: 'DeliveryCustom2',
  invoiceNumber: 'DeliveryCustom3',
  invoiceDate: 'DeliveryCustom4',
  invoiceBooked: 'DeliveryCustom5',
  documentState: 'DeliveryCustom6',
  ourReference: 'DeliveryCustom7',
  yourReference: 'DeliveryCustom8',
  yourOrderNumber: 'DeliveryPlus1',
  remarks: 'DeliveryMemo',
} as const;

const SEK = { webcrm: '00', fortnox: 'SEK' };
const EUR = { webcrm: '01', fortnox: 'EUR' };

function drawDocuments(chances: Chances, switches: Switches): DocumentSettings {
  const named = Object.entries(COLUMNS).filter(() => chances.chance(0.75));
  return {
    ...DEFAULT_SETTINGS.documents,
    sendStatuses: [...chances.one(SEND_STATUSES)],
    statusOfOrder: chances.one(['OnGoing', 'Planned']),
    quietSeconds: chances.one([10, 0, 45]),
    fields: { number: chances.one(['DeliveryNumber', 'DeliveryCustom1']), ...Object.fromEntries(named) },
    currencies: [SEK, ...(chances.chance(0.5) ? [EUR] : [])],
    items: chances.one(ITEMS),
    lineText: chances.one(['name', 'memo']),
    linePrice: chances.one(['list', switches.webcrm.linePrice]),
    vatIncluded: chances.one(['convert', 'refuse']),
    unknownArticle: chances.one(['text-row', 'refuse']),
    headerDiscount: chances.one(['refuse', 'ignore']),
    // Where Fortnox locks such invoices, a tenant that says otherwise gets refusals by its own choice.
    cashFrozen: switches.fortnox.cashSentOrPaid === 'locked' || chances.chance(0.5),
    frozenEdits: chances.one(['leave', 'put-back']),
    moveOrders: chances.chance(0.5),
    creditInvoices: chances.one(['on-original', 'as-delivery']),
  };
}

/** A tenant's settings that suit the sandboxes. */
export function drawSettings(chances: Chances, switches: Switches): Settings {
  return {
    ...DEFAULT_SETTINGS,
    numberOwner: chances.one(['webcrm', 'fortnox']),
    conflictPolicy: chances.one(['fortnox', 'webcrm']),
    organisationAddressIs: chances.one(['invoice', 'visiting']),
    customFields: { customerNumber: 'OrganisationCustom1', email: 'OrganisationCustom3' },
    documentMode: chances.one(['order', 'invoice']),
    documents: drawDocuments(chances, switches),
    // Nightly runs would help too early; the one at the end reads everything singly, or next to nothing beside its lists.
    reconcile: { hour: null, cycleDays: chances.one([1, 90]) },
    articles: {
      follow: chances.chance(0.85),
      priceList: chances.one([null, 'A']),
      inactive: chances.one(['keep', 'mark', 'remove']),
      edits: chances.one(['put-back', 'keep']),
    },
  };
}
