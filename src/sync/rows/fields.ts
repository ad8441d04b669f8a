import { ROW_FIELDS, type Row, type RowField } from '../../../schemas/delivery.ts';
import type { Side } from '../../../schemas/records.ts';
import { isZero } from '../decimal.ts';
import type { MergeInput, RowSide, RowsReason } from './types.ts';

type Sides = MergeInput['sides'];
type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type Images = Readonly<Record<Side, Row>>;

export const sameRow = (a: Row, b: Row): boolean => ROW_FIELDS.every((field) => a[field] === b[field]);

/** Equal as far as one of the sides can express the other's value. */
export const agrees = (field: RowField, webcrm: Row, fortnox: Row, sides: Sides): boolean =>
  sides.fortnox.express(field, webcrm[field], webcrm) === fortnox[field] ||
  sides.webcrm.express(field, fortnox[field], fortnox) === webcrm[field];

/** The same sides, asked once for each field of a row: an alignment compares every row with every other. */
export function remembering(sides: Sides): Sides {
  const remember = (side: RowSide): RowSide => {
    const known = new Map<Row, Map<RowField, string | null | undefined>>();
    return {
      express(field, value, row) {
        const values = known.get(row) ?? new Map<RowField, string | null | undefined>();
        known.set(row, values);
        if (!values.has(field)) values.set(field, side.express(field, value, row));
        return values.get(field);
      },
    };
  };
  return { webcrm: remember(sides.webcrm), fortnox: remember(sides.fortnox) };
}

/** A value that the side cannot hold leaves the field of a new row empty. */
const agreesWhenNew = (field: RowField, webcrm: Row, fortnox: Row, sides: Sides): boolean =>
  agrees(field, webcrm, fortnox, sides) ||
  (fortnox[field] === null && sides.fortnox.express(field, webcrm[field], webcrm) === undefined) ||
  (webcrm[field] === null && sides.webcrm.express(field, fortnox[field], fortnox) === undefined);

const IDENTITY: ReadonlySet<RowField> = new Set(['article', 'text']);

/** Whether two rows, each new on its side, are one: so looks a row of ours when the answer to its write was lost (R22). */
export const isOneNewRow = (webcrm: Row, fortnox: Row, sides: Sides): boolean =>
  ROW_FIELDS.every(
    (field) => agreesWhenNew(field, webcrm, fortnox, sides) || (!IDENTITY.has(field) && webcrm[field] === null),
  );

/** Whether Fortnox's row is the image with some of the present values of its line written to it. */
export const isPartlyWritten = (image: Row, webcrm: Row, fortnox: Row, sides: Sides): boolean =>
  ROW_FIELDS.every((field) => fortnox[field] === image[field] || agrees(field, webcrm, fortnox, sides));

const rowOf = (value: '' | null): Row => ({
  article: value,
  text: value,
  quantity: value,
  unit: value,
  price: value,
  discount: value,
  vat: value,
});
const EMPTY_ROW = rowOf(null);
/**
 * The image of a row that a side was not seen to hold: of webCRM, a line whose row is about to be sent to Fortnox; of Fortnox, a
 * row that was deleted there while its line is still here. No row looks so, since an empty value is null.
 */
export const NOWHERE = rowOf('');

/** A row without article, quantity and price: it says nothing but its text. */
export const isText = (row: Pick<Row, 'article' | 'quantity' | 'price'>): boolean =>
  row.article === null && isZero(row.quantity) && isZero(row.price);

/** Whether the line's value is one that its row in Fortnox has no room for, such as a discount on a row of text. */
const isUnseen = (field: RowField, row: Row, { fortnox }: Sides): boolean => {
  const value = row[field];
  return value !== null && value !== '0' && (fortnox.express(field, value, row) ?? null) === null;
};

/** Whether the line holds any such value. */
export const holdsUnseen = (row: Row, sides: Sides): boolean => ROW_FIELDS.some((field) => isUnseen(field, row, sides));

const isFilled = ({ fills }: RowSide, field: RowField, row: Row): boolean => fills?.(field, row) === true;

/** A row of one side as a new row of the other: what is written, and what will then be shown. */
export function expressRow(row: Row, side: Side, sides: Sides): { write: Partial<Row>; image: Row } {
  const write: Partial<Mutable<Row>> = {};
  for (const field of ROW_FIELDS) {
    const value = isFilled(sides[side], field, row) ? undefined : sides[side].express(field, row[field], row);
    if (value !== undefined && value !== null) write[field] = value;
  }
  return { write, image: { ...EMPTY_ROW, ...write } };
}

/** Images of two new rows that are one: a field that is empty in webCRM only counts as newly filled by Fortnox. */
export function imagesOfNewPair(webcrm: Row, fortnox: Row, sides: Sides): Images {
  const image: Mutable<Row> = { ...fortnox };
  for (const field of ROW_FIELDS) {
    if (webcrm[field] === null && !agreesWhenNew(field, webcrm, fortnox, sides)) image[field] = null;
  }
  return { webcrm, fortnox: image };
}

export interface FieldLoss {
  readonly side: Side;
  readonly field: RowField;
  readonly before: string | null;
  readonly after: string | null;
  /** null: it was put back, which the reason tells for which the document may not be written. */
  readonly reason: RowsReason | null;
}

export interface MergedFields {
  readonly writes: Readonly<Record<Side, Partial<Row>>>;
  readonly next: Images;
  readonly lost: readonly FieldLoss[];
  /** A field of the line waits until Fortnox may be written. */
  readonly waits: boolean;
}

const AMOUNTS: ReadonlySet<RowField> = new Set(['quantity', 'price', 'discount']);

/** webCRM shows an empty amount as 0 (webcrm.md 3), but for a line of text, which has none. */
const isSameAmount = (field: RowField, after: string | null | undefined, line: Row): boolean =>
  AMOUNTS.has(field) && after !== undefined && isZero(after) && isZero(line[field]);

/** A discount of an amount, or one of a row of text, which shows as null and stays Fortnox's own (R44). */
const hasOwnDiscount = ({ webcrm, fortnox }: Images, sides: Sides): boolean =>
  fortnox.discount === null &&
  (!isText(fortnox) || isZero(webcrm.discount) || sides.fortnox.withholds?.(fortnox) === true);

type Rules = Pick<MergeInput, 'policy' | 'sides' | 'fortnoxLocked' | 'putBack'>;

/** Merges a row that both sides hold, field by field: a side has changed where it differs from its own image (R1). */
export function mergeFields(images: Images, now: Images, rules: Rules): MergedFields {
  const writes: Record<Side, Partial<Mutable<Row>>> = { webcrm: {}, fortnox: {} };
  const next: Record<Side, Mutable<Row>> = { webcrm: { ...images.webcrm }, fortnox: { ...images.fortnox } };
  const lost: FieldLoss[] = [];
  let waits = false;
  /** Both sides stay as they are. */
  const settle = (field: RowField) => {
    next.webcrm[field] = now.webcrm[field];
    next.fortnox[field] = now.fortnox[field];
  };
  for (const field of ROW_FIELDS) {
    if (field === 'discount' && hasOwnDiscount(now, rules.sides)) {
      next.fortnox.discount = null;
      if (now.webcrm.discount === null) next.webcrm.discount = null;
      continue;
    }
    // A row that may have been sent a moment ago: what was left to Fortnox to fill is no edit of the line.
    const left = images.webcrm[field] === NOWHERE[field] && isFilled(rules.sides.fortnox, field, now.webcrm);
    const changed = {
      webcrm: !left && now.webcrm[field] !== images.webcrm[field],
      fortnox: now.fortnox[field] !== images.fortnox[field],
    };
    // What Fortnox had no room for goes there when it has: the row is none of text any more.
    const unseen = !changed.webcrm && isUnseen(field, images.webcrm, rules.sides);
    if (unseen && !changed.fortnox && !rules.fortnoxLocked) changed.webcrm = true;
    if ((!changed.webcrm && !changed.fortnox) || agrees(field, now.webcrm, now.fortnox, rules.sides)) {
      settle(field);
      continue;
    }
    const clash = changed.webcrm && changed.fortnox;
    const source: Side = clash ? rules.policy : changed.webcrm ? 'webcrm' : 'fortnox';
    const refused = source === 'webcrm' && rules.fortnoxLocked;
    if (refused && !rules.putBack) {
      waits = true;
      continue;
    }
    const from: Side = refused ? 'fortnox' : source;
    const target: Side = from === 'webcrm' ? 'fortnox' : 'webcrm';
    // The line is text no longer once Fortnox's quantity or price is written to it: what it holds is of that row.
    const row = unseen && isText(now.webcrm) ? now.fortnox : now[from];
    const after = rules.sides[target].express(field, now[from][field], row);
    if (target === 'webcrm' && isSameAmount(field, after, now.webcrm)) {
      settle(field);
      continue;
    }
    if (after === undefined) {
      if (images[from][field] === NOWHERE[field]) next[from][field] = now[from][field];
      continue;
    }
    writes[target][field] = after;
    next[from][field] = now[from][field];
    next[target][field] = after;
    // What Fortnox had no room for, nobody there could know of.
    if (!clash && !refused && !(unseen && from === 'fortnox')) continue;
    const reason = refused ? null : clash ? 'conflict-resolved' : 'line-held-more';
    lost.push({ side: target, field, before: now[target][field], after, reason });
  }
  return { writes, next, lost, waits };
}

/** A whole row in one line of text, for the log: enough to type it again. */
export function rowText({ article, text, quantity, unit, price, discount, vat }: Row): string {
  const isOfText = quantity === null && price === null;
  const amount = isOfText ? [unit] : ['x', quantity ?? '-', unit, 'a', price ?? '-'];
  const less = isZero(discount) ? null : `-${discount} %`;
  const tax = vat === null ? null : `VAT ${vat} %`;
  return [article, text, ...amount, less, tax].filter((part) => part !== null).join(' ');
}
