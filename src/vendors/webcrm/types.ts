import type { Priority } from '../../../schemas/records.ts';

/** An organisation as webCRM gives it (webcrm.md 8.1). Placeholders, "" and year-0001 dates are left for sync/ to normalise. */
export interface WebcrmOrganisation {
  OrganisationId: number;
  OrganisationName?: string | null;
  OrganisationType?: string | null;
  OrganisationUpdatedAt?: string | null;
  OrganisationCreatedAt?: string | null;
  [field: string]: unknown;
}
/** A delivery as webCRM gives it (webcrm.md 8.3), the fields that we read. */
export interface WebcrmDelivery {
  DeliveryId: number;
  DeliveryNumber?: string | null;
  DeliveryOrganisationId?: number | null;
  DeliveryStatus?: string | null;
  DeliveryErpId?: string | null;
  DeliveryOrderDate?: string | null;
  DeliveryUpdatedAt?: string | null;
  DeliveryDiscount?: number | null;
  DeliveryCurrencyName?: string | null;
  [field: string]: unknown;
}
/** A quotation line (webcrm.md 8.4). */
export interface WebcrmLine {
  QuotationLineId: number;
  /** The delivery, or the opportunity: both share one space of ids. */
  QuotationLineOpportunityId?: number | null;
  QuotationLineSortOrder?: number | null;
  QuotationLineQuantity?: number | null;
  QuotationLineListPrice?: number | null;
  QuotationLinePrice?: number | null;
  QuotationLineDiscount?: number | null;
  QuotationLineVatPercentage?: number | null;
  QuotationLineMemo?: string | null;
  QuotationLineUpdatedAt?: string | null;
  [field: string]: unknown;
}
/** An item of the product register; every field has the prefix QuotationLineLinkedDataItem (webcrm.md 8.5). */
export interface WebcrmItem {
  QuotationLineLinkedDataItemId: number;
  QuotationLineLinkedDataItemPrice?: number | null;
  QuotationLineLinkedDataItemCostPrice?: number | null;
  [field: string]: unknown;
}
/** How quotation lines are set up (webcrm.md 8.5), the part that we read. */
export interface WebcrmLinkedSetup {
  /** The N of each DataN that is switched on; null when webCRM tells of none. */
  linkedFields: number[] | null;
}
export type HookedEntity = 'Organisations' | 'Deliveries' | 'QuotationLines';
export interface WebcrmHook {
  Id: number;
  TargetUrl: string;
  IsEnabled: boolean;
  EventType?: 'Create' | 'Update' | 'Delete';
  Filter: string[];
}
export interface WebcrmField {
  /** Friendly name, e.g. OrganisationType. */
  name: string;
  label: string;
  maxLength: number | null;
  values: string[];
}

/** A field and a value that it may have. */
export interface FieldValue {
  readonly field: string;
  readonly value: string;
}

export interface WebcrmClient {
  /** null on 404 or 204. */
  getOrganisation(id: string, priority: Priority): Promise<WebcrmOrganisation | null>;
  /** Sends OrganisationId 0. The answer may be an integer, an object or nothing: null then (webcrm.md 7). */
  createOrganisation(fields: Record<string, unknown>, priority: Priority): Promise<string | null>;
  /** Partial PUT: OrganisationId and the fields given, nothing else. "" clears. */
  updateOrganisation(id: string, fields: Record<string, unknown>, priority: Priority): Promise<void>;
  /** `/Queries` with the value escaped; all pages; filtered to exact matches (case-insensitive, trimmed) by the client as well. The field must match /^Organisation[A-Za-z0-9]+$/. */
  findOrganisations(field: string, value: string, priority: Priority): Promise<WebcrmOrganisation[]>;
  /** The same of organisations of which one of the fields has its value, in one query. Empty values are left out. */
  findOrganisationsByAny(wanted: readonly FieldValue[], priority: Priority): Promise<WebcrmOrganisation[]>;
  /** All pages of FindByUpdateDates (from <= updated < to), or of every organisation when from is null. serverDate as Fortnox's. */
  listOrganisations(
    from: number | null,
    to: number,
    priority: Priority,
    onPage: (rows: WebcrmOrganisation[]) => Promise<void>,
  ): Promise<{ serverDate: number }>;
  organisationFields(priority: Priority): Promise<WebcrmField[]>;
  deliveryFields(priority: Priority): Promise<WebcrmField[]>;
  /** The DataN of quotation lines or register, as far as the metadata of all entities tells of them (unproven): else none. */
  lineFields(priority: Priority): Promise<WebcrmField[]>;
  /** null on 404 or 204. */
  getDelivery(id: string, priority: Priority): Promise<WebcrmDelivery | null>;
  /** Sends DeliveryId 0, Responsible, AssignedTo and AssignedTo2 0 (webcrm.md 8.3). null when the answer holds no id. */
  createDelivery(fields: Record<string, unknown>, priority: Priority): Promise<string | null>;
  /** Partial PUT, as updateOrganisation. */
  updateDelivery(id: string, fields: Record<string, unknown>, priority: Priority): Promise<void>;
  /** By query on DeliveryErpId, exact. */
  findDeliveriesByErpId(erpId: string, priority: Priority): Promise<WebcrmDelivery[]>;
  /** By query on the field that holds the document's number (/^Delivery[A-Za-z0-9]+$/), exact but for spaces around it and case. */
  findDeliveriesByNumber(field: string, number: string, priority: Priority): Promise<WebcrmDelivery[]>;
  /** Ids of the organisation's deliveries with the instant of the last change. */
  deliveriesOf(organisationId: string, priority: Priority): Promise<WebcrmDelivery[]>;
  /** All pages of deliveries changed since, by query on DeliveryUpdatedAt (webcrm.md 5.1): ids only. serverDate as Fortnox's. */
  listDeliveries(
    from: number | null,
    priority: Priority,
    onPage: (ids: string[]) => Promise<void>,
  ): Promise<{ serverDate: number }>;
  /** All pages (1,000 each) of every delivery, with all its fields. */
  listWholeDeliveries(
    priority: Priority,
    onPage: (rows: WebcrmDelivery[]) => Promise<void>,
  ): Promise<{ serverDate: number }>;
  /** The lines of a delivery in order of SortOrder, then id. null when the delivery does not exist. */
  linesOf(deliveryId: string, priority: Priority): Promise<WebcrmLine[] | null>;
  /** null on 404 or 204. */
  getLine(id: string, priority: Priority): Promise<WebcrmLine | null>;
  /** Numbers are decimal strings here and sent as JSON numbers. null when the answer holds no id. */
  createLine(deliveryId: string, fields: Record<string, string>, priority: Priority): Promise<string | null>;
  updateLine(id: string, fields: Record<string, string>, priority: Priority): Promise<void>;
  /** Harmless when it is gone already. */
  deleteLine(id: string, priority: Priority): Promise<void>;
  /** Delivery ids of lines changed since, by query on the lines' own table: only where the probe found that it works (R44). */
  listChangedLines(
    from: number,
    priority: Priority,
    onPage: (deliveryIds: string[]) => Promise<void>,
  ): Promise<{ serverDate: number }>;
  /** All pages (1,000 each) of every quotation line, those of opportunities among them. */
  listLines(priority: Priority, onPage: (rows: WebcrmLine[]) => Promise<void>): Promise<{ serverDate: number }>;
  /** Tries the query on lines; false when webCRM refuses it. Raises only what is no refusal. */
  probeLineQuery(priority: Priority): Promise<boolean>;
  /** The whole product register in one answer: webCRM has no paging here. Never called more often than needed. */
  listItems(priority: Priority): Promise<WebcrmItem[]>;
  /** null on 404 or 204. */
  getItem(id: string, priority: Priority): Promise<WebcrmItem | null>;
  /** Empty Data fields are refused by webCRM: the caller sends '-'. Sends Id 0 and EntityType Product. */
  createItem(fields: Record<string, string>, priority: Priority): Promise<string | null>;
  updateItem(id: string, fields: Record<string, string>, priority: Priority): Promise<void>;
  /** The id is part of the address and is checked: a delete without one would wipe the register (R5). */
  deleteItem(id: string, priority: Priority): Promise<void>;
  /** GET /QuotationLines/LinkedSetup. */
  linkedSetup(priority: Priority): Promise<WebcrmLinkedSetup>;
  listHooks(entity: HookedEntity, priority: Priority): Promise<WebcrmHook[]>;
  createHook(
    entity: HookedEntity,
    event: 'Create' | 'Update' | 'Delete',
    targetUrl: string,
    priority: Priority,
  ): Promise<string>;
  deleteHook(entity: HookedEntity, id: string, priority: Priority): Promise<void>;
}
