/**
 * A delivery of webCRM, and the order or invoice of Fortnox that it becomes, in our own names. null means empty. Dates are ISO
 * calendar dates, currency ISO 4217, numbers decimal strings without an exponent or needless zeros ("12.5"), never floats.
 */

import type { IntendedWrite } from './intended.ts';

/** Fields of the head. The last four come from Fortnox alone (R31). */
export const DELIVERY_FIELDS = [
  'orderDate',
  'deliveryDate',
  'currency',
  'ourReference',
  'yourReference',
  'yourOrderNumber',
  'remarks',
  'number',
  'invoiceNumber',
  'invoiceDate',
  'invoiceBooked',
  'documentState',
] as const;
export type DeliveryField = (typeof DELIVERY_FIELDS)[number];

/** One row of a document, one quotation line of a delivery. A row without article, quantity and price is a text row. */
export interface Row {
  /** ArticleNumber; null: a row of text, or an article that Fortnox does not know. */
  readonly article: string | null;
  readonly text: string | null;
  /** Ordered quantity of an order's row, delivered quantity of an invoice's. */
  readonly quantity: string | null;
  readonly unit: string | null;
  /** Per unit, without VAT, before the discount, in the document's currency. */
  readonly price: string | null;
  /** Percent. null on Fortnox's side: a discount of an amount, which stays Fortnox's own (R44). */
  readonly discount: string | null;
  /** Percent. */
  readonly vat: string | null;
}
export const ROW_FIELDS = ['article', 'text', 'quantity', 'unit', 'price', 'discount', 'vat'] as const;
export type RowField = (typeof ROW_FIELDS)[number];

/**
 * A row that both sides hold, as each showed it last (R1). `lineId` null: it is stored that the line is to be posted, and not
 * yet known whether it was (R22).
 */
export interface RowPair {
  readonly lineId: string | null;
  /** QuotationLineSortOrder as last seen or sent. */
  readonly sort: number;
  readonly webcrm: Row;
  readonly fortnox: Row;
  /** What Fortnox showed instead when writes were begun; it is known by this again after a crash (R22). Not there once they ended. */
  readonly seen?: Row;
  /** Its fields that were to be written when writes were begun (R1). Not there once they ended. */
  readonly intended?: readonly IntendedWrite<RowField>[];
  /** Its images say who wins at the first link, not what was last seen (R21). Not there once it was merged. */
  readonly firstLink?: true;
}

export const DELIVERY_STATUSES = ['New', 'Planned', 'OnGoing', 'Completed', 'GeneralDelivery'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];
