import { clone } from '../common/clone.ts';
import type { Articles } from './articles.ts';
import type { DocumentKind } from './document-fields.ts';
import type { Prices } from './prices.ts';
import { Refusal } from './refusal.ts';
import { type FortnoxRowRecord, ROW_FIELDS } from './row-fields.ts';
import { emptyRecord, emptyValue } from './rules.ts';
import type { FortnoxSwitches } from './switches.ts';
import { rounded, rowMoney } from './totals.ts';
import { effectOf, validateFields } from './validate.ts';

/** `by-id` is how people edit: a row is the one that they touched; the API's body tells which of both it means. */
export type RowMode = 'by-body' | 'by-id';
/** The head's part in what a row holds. */
export interface RowSurroundings {
  readonly kind: DocumentKind;
  readonly priceList: string;
  readonly vatIncluded: boolean;
  /** Whether the customer is of a kind that pays VAT. */
  readonly bearsVat: boolean;
}

const QUANTITIES = ['OrderedQuantity', 'DeliveredQuantity', 'ReservedQuantity'];

/** How rows of documents change (fortnox.md 8.2, 8.3). */
export function createRows(deps: { articles: Articles; prices: Prices; switches: FortnoxSwitches }) {
  const { articles, prices, switches } = deps;
  let lastRowId = 0;

  /** What a row takes from its article. */
  function fromArticle(number: string, { kind, priceList, bearsVat }: RowSurroundings): Partial<FortnoxRowRecord> {
    if (number === '') return {};
    if (!articles.has(number)) {
      if (switches.unknownArticleRow === 'accepted') return {};
      throw new Refusal(400, 2000428, `Kan inte hitta artikeln. (${number})`, articles.hadOnce(number));
    }
    const { Description, Unit, VAT, SalesAccount } = articles.get(number);
    const description = kind === 'invoice' ? [...Description].slice(0, 255).join('') : Description;
    return {
      Description: description,
      Unit: Unit ?? '',
      VAT: bearsVat && typeof VAT === 'number' ? VAT : 0,
      Price: prices.get(number, priceList) ?? 0,
      AccountNumber: SalesAccount,
    };
  }

  function check(kind: DocumentKind, sent: Record<string, unknown>): void {
    const rules = ROW_FIELDS[kind];
    const limits = kind === 'order' && switches.orderTextLimits === 'as-invoice';
    validateFields(limits ? { ...rules, Description: { type: 'string', max: 255 } } : rules, sent);
  }

  function edited(row: FortnoxRowRecord | null, sent: Record<string, unknown>, around: RowSurroundings) {
    const rules = ROW_FIELDS[around.kind];
    const number = typeof sent.ArticleNumber === 'string' ? sent.ArticleNumber : '';
    const set = effectOf(number, false) === 'sets';
    const empty = { ...emptyRecord(rules), VAT: around.bearsVat ? 25 : 0 } as unknown as FortnoxRowRecord;
    const result: FortnoxRowRecord = row ? clone(row) : empty;
    const otherArticle = set && number !== result.ArticleNumber;
    if (otherArticle) {
      const given = fromArticle(number, around);
      if (row === null || switches.rowArticleChange === 'refills') Object.assign(result, given);
    }
    for (const [name, value] of Object.entries(sent)) {
      const effect = effectOf(value, switches.jsonNull === 'clears');
      const rule = rules[name];
      if (effect === 'leaves' || name === 'RowId' || !rule) continue;
      result[name] = effect === 'clears' ? emptyValue(rule) : clone(value);
    }
    return result;
  }

  /** Rounds what was sent and adds what Fortnox reckons itself. */
  function finished(row: FortnoxRowRecord, around: RowSurroundings): FortnoxRowRecord {
    lastRowId += 1;
    const copy: FortnoxRowRecord = { ...clone(row), RowId: lastRowId };
    const places = { two: 2, all: null };
    for (const name of QUANTITIES)
      if (name in copy) copy[name] = rounded(String(copy[name]), places[switches.quantityDecimals]);
    copy.Price = Number(rounded(copy.Price, places[switches.priceDecimals]));
    const { Total, exclusive, price } = rowMoney(copy, around.vatIncluded);
    copy.Total = Total;
    if (around.kind === 'invoice') Object.assign(copy, { PriceExcludingVAT: price, TotalExcludingVAT: exclusive });
    return copy;
  }

  function byId(existing: readonly FortnoxRowRecord[], sent: readonly Record<string, unknown>[]) {
    const left = new Map(existing.map((row) => [row.RowId, row]));
    return sent.map((one) => {
      if (one.RowId === undefined || one.RowId === null) return null;
      const row = left.get(one.RowId as number);
      if (!row) throw new Refusal(400, 2000588, `Raden finns inte: ${String(one.RowId)}`);
      left.delete(row.RowId);
      return row;
    });
  }

  return {
    /** The new rows of a document, with new RowIds. Raises Refusal for a row that Fortnox would not take. */
    changed(
      existing: readonly FortnoxRowRecord[],
      sent: readonly Record<string, unknown>[],
      mode: RowMode,
      around: RowSurroundings,
    ): FortnoxRowRecord[] {
      for (const one of sent) check(around.kind, one);
      const named = mode === 'by-id' || sent.some(({ RowId }) => RowId !== undefined && RowId !== null);
      const targets = named ? byId(existing, sent) : sent.map((_, at) => existing[at] ?? null);
      return sent.map((one, at) => finished(edited(targets[at] ?? null, one, around), around));
    },
    /** The same rows with new RowIds: every update of a document renews them. */
    renewed: (rows: readonly FortnoxRowRecord[], around: RowSurroundings) => rows.map((row) => finished(row, around)),
  };
}
export type Rows = ReturnType<typeof createRows>;
