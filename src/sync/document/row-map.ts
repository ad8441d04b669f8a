import type { Row, RowField } from '../../../schemas/delivery.ts';
import type { DocumentSettings } from '../../../schemas/settings.ts';
import type { DocumentKind, FortnoxRow } from '../../vendors/fortnox/types.ts';
import type { WebcrmLine } from '../../vendors/webcrm/types.ts';
import { decimal, isZero, lineTotal, unitPriceOf, withoutVat, withVat } from '../decimal.ts';
import { cut, dataText, text } from '../normalise.ts';
import { isText } from '../rows/fields.ts';

/** Longest description of a row: proven on invoices (fortnox.md 8.3), and taken for orders, which become invoices. */
export const DESCRIPTION_LENGTH = 255;

/** What the reading and writing of rows depends on. */
export interface RowContext {
  readonly kind: DocumentKind;
  readonly settings: DocumentSettings;
  /** Prices of the document include VAT: converted, rounded half up to two decimals (R45). */
  readonly vatIncluded: boolean;
  /** Articles that Fortnox does not have: their lines become rows of text (R50). */
  readonly unknownArticles: ReadonlySet<string>;
}

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
    // A dash may be meant here: such a row parts others.
    text: text(lineText === 'memo' ? line.QuotationLineMemo : line[`QuotationLineData${items.name}`]),
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

/** Fortnox orders 1 of a row of text, and delivers none (fortnox.md 8.3). */
const isRowOfText = (row: FortnoxRow): boolean =>
  isZero(decimal(row.DeliveredQuantity)) && isZero(decimal(row.Price)) && text(row.ArticleNumber) === null;

/** A row of an order or invoice in canonical form. A discount of an amount is Fortnox's own: null. */
export function readRow({ kind, vatIncluded }: Pick<RowContext, 'kind' | 'vatIncluded'>, row: FortnoxRow): Row {
  const price = decimal(row.Price);
  const vat = decimal(row.VAT);
  const delivered = decimal(row.DeliveredQuantity);
  const saysNothing = isRowOfText(row);
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

/** Of whatever kind, also one that a row of text does not show. */
export const hasDiscount = (row: FortnoxRow | undefined): boolean => !isZero(decimal(row?.Discount));

/** A discount of an amount is Fortnox's own (R44). */
export const hasAmount = (row: FortnoxRow): boolean => row.DiscountType === 'AMOUNT' && hasDiscount(row);

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
  // Beside an empty list price the other one is read (`readLine`): a price of 0 goes to both, whatever that one means.
  if (changes.price !== undefined && isZero(changes.price)) fields.QuotationLinePrice = '0';
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
  context: RowContext,
  changes: Partial<Row>,
  next: Row,
  present: FortnoxRow | null,
): Record<string, string> {
  const { kind, unknownArticles } = context;
  const fields: Record<string, string> = {};
  const put = (name: string, value: string | null | undefined, empty: string) => {
    if (value !== undefined && !(value === null && present === null)) fields[name] = value ?? empty;
  };
  const { article } = changes;
  put('ArticleNumber', typeof article === 'string' && unknownArticles.has(article) ? null : article, '');
  put('Description', typeof changes.text === 'string' ? cut(changes.text, DESCRIPTION_LENGTH) : changes.text, '');
  put('Unit', changes.unit, '');
  if (kind === 'order') put('OrderedQuantity', changes.quantity, '0');
  // R43: the delivered quantity, which totals follow (fortnox.md 8.3), goes along until somebody delivers in part. Of text nobody delivers.
  if (kind === 'invoice' || present === null || deliveredInFull(present) || isRowOfText(present))
    put('DeliveredQuantity', changes.quantity, '0');
  put('Price', priceOf(context, changes, next, present), '0');
  if (present === null || !hasAmount(present)) put('Discount', changes.discount, '0');
  if (fields.Discount !== undefined && present?.DiscountType !== 'PERCENT') fields.DiscountType = 'PERCENT';
  put('VAT', changes.vat, '0');
  return fields;
}

/** R45: where prices include VAT, another rate needs another price, else the price without VAT would change with it. */
function priceOf(
  context: RowContext,
  { price, vat }: Partial<Row>,
  next: Row,
  present: FortnoxRow | null,
): string | null | undefined {
  if (!context.vatIncluded || price === null || (price === undefined && vat === undefined)) return price;
  const kept = price ?? next.price ?? (present && readRow(context, present).price);
  return kept === null ? undefined : priceToSend(context, kept, { vat: vat ?? null, present });
}

/** A price without VAT as the document holds it, with the rate that is written, else the row's own; without either 0 is the guess. */
export const priceToSend = (
  { vatIncluded }: Pick<RowContext, 'vatIncluded'>,
  price: string,
  { vat = null, present }: { vat?: string | null; present: FortnoxRow | null },
): string => (vatIncluded ? withVat(price, vat ?? decimal(present?.VAT) ?? '0') : price);

const deliveredInFull = (row: FortnoxRow): boolean => decimal(row.OrderedQuantity) === decimal(row.DeliveredQuantity);

/** What Fortnox takes from a row's article. */
const OF_ARTICLE = { text: 'Description', unit: 'Unit', price: 'Price', vat: 'VAT' } as const;

/**
 * What goes along with another article, since Fortnox may fill the row anew from it (*unproven*): all that the line says, as it stands in
 * the row. What it does not say is the article's.
 */
export function besideArticle(line: Row, present: FortnoxRow): Record<string, string> {
  const said = Object.entries(OF_ARTICLE).filter(([field]) => line[field as keyof typeof OF_ARTICLE] !== null);
  return Object.fromEntries(said.map(([, name]) => [name, String(present[name] ?? '')]));
}
