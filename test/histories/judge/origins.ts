import { fortnoxRow, rowsOf, webcrmRow } from '../faces.ts';
import type { RecordFields } from '../fields.ts';
import { keyOf, shown } from '../typed-values.ts';
import type { Ending } from './ending.ts';
import { recordsWithVat } from './losses.ts';

/**
 * No row shows a text or a price that nobody typed: people type both with every row that they make, so that another one can
 * only be what a vendor filled in where we left it room to.
 */
export function judgeOrigins(ending: Ending): string[] {
  const { settings, deliveries, documents, lines, typed } = ending;
  const known = new Set(typed.map(keyOf));
  const withVat = recordsWithVat(ending);
  const shownRows = [
    ...deliveries.map(({ DeliveryId: id }) => ({
      record: `delivery ${String(id)}`,
      rows: (lines.get(Number(id)) ?? []).map((line) => webcrmRow(line, settings)),
    })),
    ...(['order', 'invoice'] as const).flatMap((kind) =>
      documents[kind].map((one) => ({
        record: `${kind} ${String(one.DocumentNumber)}`,
        rows: rowsOf(one, kind).map((row) => fortnoxRow(row, kind, settings)),
      })),
    ),
  ];
  const undelivered = documents.order.flatMap((one) =>
    rowsOf(one, 'order').flatMap((row, at) =>
      isUndelivered(row) ? [`row ${at + 1} of order ${String(one.DocumentNumber)}: nothing of it is delivered`] : [],
    ),
  );
  return [
    ...undelivered,
    ...shownRows.flatMap(({ record, rows }) =>
      rows.flatMap(({ text, price }, at) => [
        ...(text === '' || known.has(`text ${text}`)
          ? []
          : [`row ${at + 1} of ${record}: nobody typed the text "${text}"`]),
        // Prices with VAT are converted on the way (R45).
        ...(price === '' || withVat.has(record) || known.has(`price ${price}`)
          ? []
          : [`row ${at + 1} of ${record}: nobody typed the price ${price}`]),
      ]),
    ),
  ];
}

/** R43: totals follow what is delivered, of which people take nothing back. Fortnox orders 1 of a row of text. */
const isUndelivered = ({ OrderedQuantity, DeliveredQuantity, Price }: RecordFields): boolean =>
  !['', '1'].includes(shown('quantity', OrderedQuantity)) &&
  shown('quantity', DeliveredQuantity) === '' &&
  shown('price', Price) !== '';
