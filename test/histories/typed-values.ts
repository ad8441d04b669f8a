import type { Side } from '../../schemas/records.ts';

/** Columns of like meaning: a value of one kind is looked for in all columns of that kind. */
export type Kind = 'text' | 'price' | 'quantity' | 'discount' | 'date';

/** A value that a person typed into a delivery, a document or a row of one. No value comes twice in a history. */
export interface TypedValue {
  readonly at: number;
  readonly side: Side;
  /** `delivery 5`, `order 3`, `invoice 7`. */
  readonly record: string;
  readonly column: string;
  readonly kind: Kind;
  readonly value: string;
  /** Of a row: the text that it bore then, '' otherwise. */
  readonly row: string;
  /** webCRM does not show it: what was delivered of an order's row (R43), a discount of an amount or of a row of text (R44). */
  ownToFortnox: boolean;
  /** When a person took it away again: nobody asks for it then. */
  replacedAt: number | null;
}

const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/^(QuotationLineListPrice|Price)$/, 'price'],
  [/^(QuotationLineQuantity|OrderedQuantity|DeliveredQuantity)$/, 'quantity'],
  [/^(QuotationLineDiscount|Discount)$/, 'discount'],
  [/^(DeliveryOrderDate|OrderDate|InvoiceDate|DeliveryDate)$/, 'date'],
  [/^(QuotationLine(Data\d|Memo)|Delivery(Custom|Plus|Search)\d+|DeliveryMemo|DeliveryNote|DeliveryComment)$/, 'text'],
  [/^(Description|OurReference|YourReference|YourOrderNumber|Remarks)$/, 'text'],
];
const kindOf = (column: string): Kind | null => KINDS.find(([names]) => names.test(column))?.[1] ?? null;

/** As both sides and the activity log would show it; '' for empty. */
export function shown(kind: Kind, value: unknown): string {
  if (value === null || value === undefined || value === '' || value === 'API_BLANK' || value === '-') return '';
  const text = String(value).replace(/\r\n?/g, '\n').trim();
  if (kind === 'date' || (kind === 'text' && /^\d{4}-\d\d-\d\dT/.test(text)))
    return text.startsWith('0001') ? '' : text.slice(0, 10);
  if (kind === 'text') return text;
  const number = Number(text);
  return number === 0 ? '' : String(number);
}

/** Every followed value of a record or of a body that was sent, rows included, as `kind value`. */
export function valuesIn(body: Readonly<Record<string, unknown>>): string[] {
  const found: string[] = [];
  for (const [column, value] of Object.entries(body)) {
    if (Array.isArray(value)) {
      for (const row of value) found.push(...valuesIn(row as Record<string, unknown>));
      continue;
    }
    const kind = kindOf(column);
    if (kind === null) continue;
    const text = shown(kind, value);
    if (text !== '') found.push(`${kind === 'date' ? 'text' : kind} ${text}`);
    // A text column may show a date.
  }
  return found;
}
export const keyOf = ({ kind, value }: TypedValue): string => `${kind === 'date' ? 'text' : kind} ${value}`;

type Saved = Readonly<Record<string, unknown>>;

/** A row of Fortnox that says nothing but its text. */
const isRowOfText = (side: Side, row: Saved): boolean =>
  side === 'fortnox' &&
  shown('text', row.ArticleNumber) === '' &&
  [row.DeliveredQuantity, row.Price].every((one) => shown('quantity', one) === '');

/** Keeps what people typed into deliveries and documents. */
export function createTypedValues(now: () => number) {
  const all: TypedValue[] = [];
  const open = new Map<string, TypedValue>();
  const key = (side: Side, record: string, text: string) => `${side}/${record}/${text}`;

  function replaced(side: Side, record: string, values: readonly string[]): void {
    for (const text of values) {
      const one = open.get(key(side, record, text));
      if (one !== undefined) one.replacedAt ??= now();
    }
  }
  return {
    all: all as readonly TypedValue[],
    /** A person saved these columns of the record, where `before` stood; of a row: its own columns and its text. */
    saved(side: Side, record: string, typed: Saved, before: Saved = {}, row = ''): void {
      const hidden = open.get(key(side, record, `discount ${shown('discount', before.Discount)}`));
      if (hidden !== undefined && isRowOfText(side, { ...before, ...typed })) hidden.ownToFortnox = true;
      for (const column of Object.keys(typed)) {
        if (Array.isArray(typed[column])) continue;
        const kind = kindOf(column);
        if (kind === null) continue;
        if (column in before) replaced(side, record, valuesIn({ [column]: before[column] }));
        const value = shown(kind, typed[column]);
        // Numbers of articles and units stand in text columns and come many times.
        if (kind === 'text' && /^((A|SAKNAS)-\d+|st|tim)$/.test(value)) continue;
        // Both quantities of a row are typed alike: one value.
        if (value === '' || open.has(key(side, record, `${kind === 'date' ? 'text' : kind} ${value}`))) continue;
        const ownToFortnox =
          (column === 'DeliveredQuantity' && record.startsWith('order')) ||
          (kind === 'discount' && (typed.DiscountType === 'AMOUNT' || isRowOfText(side, { ...before, ...typed })));
        const one: TypedValue = { at: now(), side, record, column, kind, value, row, ownToFortnox, replacedAt: null };
        all.push(one);
        open.set(key(side, record, keyOf(one)), one);
      }
    },
    /** A person deleted the row, or the record with all that stood in it. */
    removed(side: Side, record: string, row: Readonly<Record<string, unknown>>): void {
      replaced(side, record, valuesIn(row));
    },
  };
}
export type TypedValues = ReturnType<typeof createTypedValues>;
