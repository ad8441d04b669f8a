import type { Row, RowField } from '../../../schemas/delivery.ts';
import type { DocumentSettings } from '../../../schemas/settings.ts';
import type { DocumentKind, FortnoxRow } from '../../vendors/fortnox/types.ts';
import type { WebcrmLine } from '../../vendors/webcrm/types.ts';
import { decimal, isZero, lineTotal, unitPriceOf, withoutVat, withVat } from '../decimal.ts';
import type { FieldValue } from '../fields.ts';
import { cut, dataText, text } from '../normalise.ts';

/** Longest description of a row: proven on invoices (fortnox.md 8.3), and taken for orders, which become invoices. */
const DESCRIPTION_LENGTH = 255;

/** What the reading and writing of rows depends on. */
export interface RowContext {
  readonly kind: DocumentKind;
  readonly settings: DocumentSettings;
  /** Prices of the document include VAT: converted, rounded half up to two decimals (R45). */
  readonly vatIncluded: boolean;
  /** Articles that Fortnox does not have: their lines become rows of text (R50). */
  readonly unknownArticles: ReadonlySet<string>;
}

const isText = (row: Pick<Row, 'article' | 'quantity' | 'price'>): boolean =>
  row.article === null && isZero(row.quantity) && isZero(row.price);

/** A row of text says nothing but its text: the zeros that vendors fill in are no values. */
const whole = (row: Row): Row =>
  isText(row) ? { ...row, quantity: null, price: null, discount: isZero(row.discount) ? null : row.discount } : row;

/** A quotation line as a row. VAT of 0 is webCRM's empty number, not an exemption: Fortnox decides then. */
export function readLine(settings: DocumentSettings, line: WebcrmLine): Row {
  const { items, lineText, linePrice } = settings;
  const quantity = decimal(line.QuotationLineQuantity);
  const discount = decimal(line.QuotationLineDiscount) ?? '0';
  const list = decimal(line.QuotationLineListPrice);
  const other = decimal(line.QuotationLinePrice);
  const vat = decimal(line.QuotationLineVatPercentage);
  return whole({
    article: dataText(line[`QuotationLineData${items.number}`]),
    text: lineText === 'memo' ? text(line.QuotationLineMemo) : dataText(line[`QuotationLineData${items.name}`]),
    quantity,
    unit: items.unit === null ? null : dataText(line[`QuotationLineData${items.unit}`]),
    price: isZero(list) && !isZero(other) ? derivedPrice(linePrice, other ?? '0', quantity ?? '0', discount) : list,
    discount,
    vat: isZero(vat) ? null : vat,
  });
}

/** R45: without a list price the other price is used as far as its meaning is known. A missing price is never 0. */
function derivedPrice(
  meaning: DocumentSettings['linePrice'],
  price: string,
  quantity: string,
  discount: string,
): string | null {
  if (meaning === 'list') return null;
  return meaning === 'unit' ? price : unitPriceOf(price, quantity, discount);
}

/** A row of an order or invoice in canonical form. A discount of an amount is Fortnox's own: null. */
export function readRow({ kind, vatIncluded }: Pick<RowContext, 'kind' | 'vatIncluded'>, row: FortnoxRow): Row {
  const price = decimal(row.Price);
  const vat = decimal(row.VAT);
  const delivered = decimal(row.DeliveredQuantity);
  // Fortnox orders 1 of a row of text, and delivers none (fortnox.md 8.3).
  const saysNothing = isZero(delivered) && isZero(price) && text(row.ArticleNumber) === null;
  return whole({
    article: text(row.ArticleNumber),
    text: text(row.Description),
    quantity: saysNothing ? null : kind === 'order' ? decimal(row.OrderedQuantity) : delivered,
    price: price !== null && vatIncluded ? withoutVat(price, vat ?? '0') : price,
    discount: hasAmount(row) || saysNothing ? null : (decimal(row.Discount) ?? '0'),
    // What Fortnox fills into a row of text is no value either.
    ...(saysNothing ? { unit: null, vat: null } : { unit: text(row.Unit), vat }),
  });
}

/** A discount of an amount is Fortnox's own (R44). */
export const hasAmount = (row: FortnoxRow): boolean => row.DiscountType === 'AMOUNT' && !isZero(decimal(row.Discount));

type Express = (field: RowField, value: string | null, row: Row) => FieldValue;

/** The whole row as that side would show it; what it cannot hold is empty. */
export const expressed = (express: Express, row: Row): Row => ({
  ...row,
  ...Object.fromEntries(
    Object.entries(row).map(([field, value]) => [field, express(field as RowField, value, row) ?? null]),
  ),
});

/** The value as webCRM would show it after it was written to a line; undefined when it cannot hold it. */
export const lineExpress =
  (settings: DocumentSettings): Express =>
  (field, value, row) => {
    if (field === 'unit' && settings.items.unit === null) return undefined;
    if (field === 'vat') return isZero(value) ? null : value;
    if (value === null && !isText(row))
      return { quantity: '0', discount: '0' }[field as string] ?? (field === 'price' ? undefined : null);
    return value;
  };

/** The same for a row of a Fortnox document. A missing price, discount or VAT is never sent as 0 (R45). */
export const rowExpress =
  ({ vatIncluded, unknownArticles }: RowContext): Express =>
  (field, value, row) => {
    if (field === 'article') return value !== null && unknownArticles.has(value) ? null : value;
    if (field === 'text') return value === null ? null : cut(value, DESCRIPTION_LENGTH);
    if (value === null && isText(row)) return null;
    // A row of text has no room for them in Fortnox: they wait until it has a price.
    if (isText(row) && field !== 'quantity' && field !== 'price') return undefined;
    if (field === 'unit') return value;
    if (field === 'quantity') return value ?? '0';
    if (value === null) return undefined;
    if (field === 'price' && vatIncluded) {
      const vat = row.vat ?? '0';
      return withoutVat(withVat(value, vat), vat);
    }
    return value;
  };

/** webCRM's fields of a line for the changed fields of its row; `next` is the row after the write. '' and '0' clear. */
export function writeLine(settings: DocumentSettings, changes: Partial<Row>, next: Row): Record<string, string> {
  const { items, lineText, linePrice } = settings;
  const columns: Readonly<Record<RowField, { name: string; empty: string } | null>> = {
    article: { name: `QuotationLineData${items.number}`, empty: '' },
    text: { name: lineText === 'memo' ? 'QuotationLineMemo' : `QuotationLineData${items.name}`, empty: '' },
    quantity: { name: 'QuotationLineQuantity', empty: '0' },
    unit: items.unit === null ? null : { name: `QuotationLineData${items.unit}`, empty: '' },
    price: { name: 'QuotationLineListPrice', empty: '0' },
    discount: { name: 'QuotationLineDiscount', empty: '0' },
    vat: { name: 'QuotationLineVatPercentage', empty: '0' },
  };
  const fields: Record<string, string> = {};
  for (const [field, value] of Object.entries(changes) as [RowField, string | null][]) {
    const to = columns[field];
    if (to !== null) fields[to.name] = (field === 'text' ? value?.replaceAll('\n', '\r\n') : value) ?? to.empty;
  }
  const priced = 'price' in changes || 'quantity' in changes || 'discount' in changes;
  // Without a list price the other one is read as the price (derivedPrice): a price that is cleared goes from both.
  if (linePrice !== 'list' && changes.price === null) fields.QuotationLinePrice = '0';
  else if (linePrice !== 'list' && priced && next.price !== null) {
    fields.QuotationLinePrice =
      linePrice === 'unit' ? next.price : lineTotal(next.quantity ?? '0', next.price, next.discount ?? '0');
  }
  return fields;
}

/**
 * Fortnox's fields of a row for the changed fields; `present` is the row as just read, null for a new one. Only what changes
 * is sent, so that account, cost centre, project and housework survive (R44). '' clears.
 */
export function writeRow(
  { kind, vatIncluded, unknownArticles }: RowContext,
  changes: Partial<Row>,
  next: Row,
  present: FortnoxRow | null,
): Record<string, string> {
  const fields: Record<string, string> = {};
  const put = (name: string, value: string | null | undefined, empty: string) => {
    if (value !== undefined && !(value === null && present === null)) fields[name] = value ?? empty;
  };
  const { article } = changes;
  put('ArticleNumber', typeof article === 'string' && unknownArticles.has(article) ? null : article, '');
  put('Description', typeof changes.text === 'string' ? cut(changes.text, DESCRIPTION_LENGTH) : changes.text, '');
  put('Unit', changes.unit, '');
  if (kind === 'order') put('OrderedQuantity', changes.quantity, '0');
  // R43: the delivered quantity, which totals follow (fortnox.md 8.3), goes along until somebody delivers in part.
  if (kind === 'invoice' || present === null || deliveredInFull(present))
    put('DeliveredQuantity', changes.quantity, '0');
  const { price } = changes;
  put('Price', typeof price === 'string' && vatIncluded ? withVat(price, next.vat ?? '0') : price, '0');
  if (present === null || !hasAmount(present)) put('Discount', changes.discount, '0');
  if (fields.Discount !== undefined && present?.DiscountType !== 'PERCENT') fields.DiscountType = 'PERCENT';
  put('VAT', changes.vat, '0');
  return fields;
}

const deliveredInFull = (row: FortnoxRow): boolean => decimal(row.OrderedQuantity) === decimal(row.DeliveredQuantity);
