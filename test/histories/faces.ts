import type { Settings } from '../../schemas/settings.ts';
import type { RecordFields } from './fields.ts';
import { shown } from './typed-values.ts';

export type DocumentKind = 'order' | 'invoice';

/** One field of the head as people see it on both sides: written by hand, on purpose not taken from the product. */
export interface HeadField {
  /** As the activity log names it. */
  readonly name: string;
  readonly kind: 'text' | 'date';
  readonly webcrm: string;
  readonly fortnox: string;
  /** The documents that have it. */
  readonly of: readonly DocumentKind[];
}

const BOTH: readonly DocumentKind[] = ['order', 'invoice'];
const NAMED: readonly Omit<HeadField, 'webcrm'>[] = [
  { name: 'deliveryDate', kind: 'date', fortnox: 'DeliveryDate', of: BOTH },
  { name: 'ourReference', kind: 'text', fortnox: 'OurReference', of: BOTH },
  { name: 'yourReference', kind: 'text', fortnox: 'YourReference', of: BOTH },
  { name: 'yourOrderNumber', kind: 'text', fortnox: 'YourOrderNumber', of: BOTH },
  { name: 'remarks', kind: 'text', fortnox: 'Remarks', of: BOTH },
];

/** The fields of the head that both sides may edit, under these settings. */
export function headFields(settings: Settings): readonly HeadField[] {
  const names = settings.documents.fields as Readonly<Record<string, string | undefined>>;
  const named = NAMED.flatMap((field) => {
    const webcrm = names[field.name];
    return webcrm === undefined ? [] : [{ ...field, webcrm }];
  });
  return [
    { name: 'orderDate', kind: 'date', webcrm: 'DeliveryOrderDate', fortnox: 'OrderDate', of: ['order'] },
    ...named,
  ];
}

/** A row as people read it; '' where nothing stands, and where a zero stands for nothing. */
export interface RowFace {
  readonly article: string;
  readonly text: string;
  readonly quantity: string;
  readonly unit: string;
  readonly price: string;
  readonly discount: string;
  readonly vat: string;
}

/** The columns of a quotation line that hold a row, under these settings. */
export function lineColumns(settings: Settings) {
  const { items, lineText } = settings.documents;
  return {
    article: `QuotationLineData${items.number}`,
    text: lineText === 'memo' ? 'QuotationLineMemo' : `QuotationLineData${items.name}`,
    name: `QuotationLineData${items.name}`,
    unit: items.unit === null ? null : `QuotationLineData${items.unit}`,
  };
}

export function webcrmRow(line: RecordFields, settings: Settings): RowFace {
  const columns = lineColumns(settings);
  return {
    article: shown('text', line[columns.article]),
    text: shown('text', line[columns.text]),
    quantity: shown('quantity', line.QuotationLineQuantity),
    unit: columns.unit === null ? '' : shown('text', line[columns.unit]),
    price: shown('price', line.QuotationLineListPrice),
    discount: shown('discount', line.QuotationLineDiscount),
    vat: shown('quantity', line.QuotationLineVatPercentage),
  };
}

export function fortnoxRow(row: RecordFields, kind: DocumentKind, settings: Settings): RowFace {
  return {
    article: shown('text', row.ArticleNumber),
    text: shown('text', row.Description),
    quantity: shown('quantity', kind === 'order' ? row.OrderedQuantity : row.DeliveredQuantity),
    unit: settings.documents.items.unit === null ? '' : shown('text', row.Unit),
    price: shown('price', row.Price),
    discount: shown('discount', row.Discount),
    vat: shown('quantity', row.VAT),
  };
}

export const rowsOf = (document: RecordFields, kind: DocumentKind): readonly RecordFields[] =>
  ((kind === 'order' ? document.OrderRows : document.InvoiceRows) ?? []) as readonly RecordFields[];

/** A reference to another document; "0" names none. */
export const reference = (value: unknown): string | null => {
  const text = value === null || value === undefined ? '' : String(value);
  return text === '' || text === '0' ? null : text;
};

/** Whether the document takes no write any more (R41), as anybody sees in its screen. */
export function isFrozen(document: RecordFields, kind: DocumentKind, cashFrozen: boolean): boolean {
  if (document.Cancelled === true) return true;
  if (kind === 'order') return reference(document.InvoiceReference) !== null;
  if (document.Booked === true) return true;
  const done = document.Sent === true || reference(document.FinalPayDate) !== null;
  return cashFrozen && document.AccountingMethod === 'CASH' && done;
}
