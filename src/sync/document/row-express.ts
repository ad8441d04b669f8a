import type { Row, RowField } from '../../../schemas/delivery.ts';
import type { DocumentSettings } from '../../../schemas/settings.ts';
import { isZero, withoutVat, withVat } from '../decimal.ts';
import type { FieldValue } from '../fields.ts';
import { cut, dataText } from '../normalise.ts';
import { isText } from '../rows/fields.ts';
import type { RowSide } from '../rows/types.ts';
import { DESCRIPTION_LENGTH, type RowContext } from './row-map.ts';

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
    // As `readLine` reads them: a dash says nothing there.
    if (field === 'article' || field === 'unit') return dataText(value);
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

/** Fortnox's half of a merge of rows. */
export const rowSide = (context: RowContext): RowSide => ({
  express: rowExpress(context),
  // R45: webCRM gives an empty number as 0 (webcrm.md 3), so that a new line with an article was not priced yet: Fortnox knows its price.
  fills: (field, row) =>
    field === 'price' && row.article !== null && !context.unknownArticles.has(row.article) && isZero(row.price),
  // R45: sent with a rate that was only guessed; the same price with VAT is what we sent, though it is another one without.
  arrived: (image, now) =>
    context.vatIncluded &&
    image.vat === null &&
    image.price !== null &&
    now.price !== null &&
    withVat(now.price, now.vat ?? '0') === withVat(image.price, '0')
      ? { ...image, price: now.price }
      : image,
});
