import type { Row, RowPair } from '../../../schemas/delivery.ts';
import type { Image, PairBase, Side } from '../../../schemas/records.ts';
import type { Settings } from '../../../schemas/settings.ts';
import type { DocumentKind, FortnoxRow } from '../../vendors/fortnox/types.ts';
import type { FieldLine } from '../fields.ts';
import { isCut } from '../normalise.ts';
import { pausedReason } from '../paused.ts';
import { type FieldDecision, type Permission, planFields } from '../planner.ts';
import type { Reason } from '../reasons.ts';
import { type LineNow, mergeRows, type RowsDecision } from '../rows/merge.ts';
import type { Frozen } from './document.ts';
import { ON_INVOICE } from './map.ts';
import { type Customers, planCustomer } from './moved.ts';
import { lineExpress, rowSide } from './row-express.ts';
import { hasAmount, hasDiscount, type RowContext } from './row-map.ts';
import { writesLines } from './write-lines.ts';

export interface DocumentPlanInput {
  readonly settings: Settings;
  readonly kind: DocumentKind;
  readonly map: readonly FieldLine[];
  readonly base: PairBase | null;
  readonly rows: readonly RowPair[] | null;
  readonly webcrm: Image;
  readonly fortnox: Image;
  readonly lines: readonly LineNow[];
  readonly documentRows: readonly Row[];
  /** The same rows as Fortnox gave them. */
  readonly vendorRows: readonly FortnoxRow[];
  readonly rowContext: RowContext;
  readonly frozen: Frozen;
  /** A line names an article that Fortnox lacks, and the tenant wants such lines refused (R50). */
  readonly articleRefused: boolean;
  /** The delivery has a discount on the whole that the tenant wants refused (R45). */
  readonly discountRefused: boolean;
  /** Sides on which deliveries and documents are not written for now; absent: none. */
  readonly paused?: Readonly<Record<Side, boolean>>;
  readonly customer: Customers;
}

export interface DocumentDecision extends FieldDecision {
  readonly rows: RowsDecision;
  /** The rows stay as they are on both sides, and in the pair: one of their changes would go where it is paused. */
  readonly rowsWait: boolean;
  /** Where the fields of the head go: an invoiced order's to its invoice (R41). */
  readonly target: DocumentKind;
}

/** Decides what to write of a delivery and its document. Total and pure. */
export function planDocument(input: DocumentPlanInput): DocumentDecision {
  const { settings, frozen } = input;
  const putBack = settings.documents.frozenEdits === 'put-back';
  const fields = planFields({
    ...input,
    policy: settings.conflictPolicy,
    permit: (line, target) => permitHead(line, target, input, putBack),
  });
  const { rows, rowsWait } = planRows(input, putBack);
  const moved = planCustomer(input);
  const reasons = new Set<Reason>([
    ...fields.reasons,
    ...rows.reasons,
    ...(rowsWait ? [pausedReason('webcrm')] : [...refusedRows(input, rows), ...rowWarnings(input, rows)]),
    ...(moved?.reason ?? []),
    // Of a document that exists it stops nothing else: what was typed is told until it is taken back.
    ...(input.discountRefused ? (['header-discount'] as const) : []),
  ]);
  return {
    ...fields,
    writes: moved?.to === undefined ? fields.writes : withCustomer(fields.writes, moved.to),
    changes: {
      webcrm: [...fields.changes.webcrm, ...rows.changes.webcrm],
      fortnox: [...fields.changes.fortnox, ...rows.changes.fortnox, ...(moved?.change ?? [])],
    },
    lost: [...fields.lost, ...rows.lost],
    reasons: [...reasons],
    rows,
    rowsWait,
    target: frozen.target,
  };
}

/** Fortnox's rows are locked by what the document is, by an article that it lacks, or because writing there is paused. */
const lockedRows = ({ frozen, articleRefused, paused }: DocumentPlanInput): Reason | null =>
  frozen.rows ?? (articleRefused ? 'article-refused' : paused?.fortnox ? pausedReason('fortnox') : null);

const NO_ROWS: RowsDecision = {
  rows: [],
  deleteLines: [],
  sendFortnoxRows: false,
  changes: { webcrm: [], fortnox: [] },
  lost: [],
  reasons: [],
  pendingBase: [],
};

/** R44. Rows are merged as a whole: while webCRM is paused, one line that would be written there holds them all back (R72). */
function planRows(input: DocumentPlanInput, putBack: boolean): Pick<DocumentDecision, 'rows' | 'rowsWait'> {
  const { settings, frozen, paused } = input;
  const rows = mergeRows({
    base: input.rows ?? [],
    webcrm: input.lines,
    fortnox: input.documentRows,
    policy: settings.conflictPolicy,
    sides: {
      webcrm: { express: lineExpress(settings.documents) },
      fortnox: {
        ...rowSide(input.rowContext),
        withholds: (row) => hasDiscount(input.vendorRows[input.documentRows.indexOf(row)]),
      },
    },
    fortnoxLocked: lockedRows(input) !== null,
    // What only waits, for an article or the end of a pause, is not put back (R50, R72).
    putBack: putBack && frozen.rows !== null,
  });
  return paused?.webcrm && writesLines(rows) ? { rows: NO_ROWS, rowsWait: true } : { rows, rowsWait: false };
}

/** R41: what a frozen document does not take; of an invoiced order the invoice takes what it has as well. */
function permitHead(
  line: FieldLine,
  target: Side,
  { frozen, kind, paused }: DocumentPlanInput,
  putBack: boolean,
): Permission {
  if (target === 'webcrm') return paused?.webcrm ? { ok: false, why: pausedReason('webcrm') } : { ok: true };
  if (frozen.head !== null) return { ok: false, why: frozen.head, putBack };
  const toInvoice = kind === 'order' && frozen.target === 'invoice';
  if (toInvoice && !ON_INVOICE.has(line.field)) return { ok: false, why: 'order-invoiced', putBack };
  return paused?.fortnox ? { ok: false, why: pausedReason('fortnox') } : { ok: true };
}

const withCustomer = (writes: FieldDecision['writes'], number: string): FieldDecision['writes'] => ({
  ...writes,
  fortnox: { ...writes.fortnox, CustomerNumber: number },
});

/** Rows that were edited in webCRM but are locked in Fortnox: said once, however many they are. */
function refusedRows(input: DocumentPlanInput, decision: RowsDecision): Reason[] {
  const { rows, lines } = input;
  const locked = lockedRows(input);
  if (locked === null) return [];
  const next = new Map(decision.rows.flatMap((row) => (row.lineId === null ? [] : [[row.lineId, row.next] as const])));
  const before = new Set(rows?.map((row) => row.lineId));
  const pending =
    lines.some((line) => !next.has(line.id) || differs(next.get(line.id)?.webcrm, line.row)) ||
    [...before].some((id) => id !== null && !lines.some((line) => line.id === id));
  return pending || decision.lost.length > 0 ? [locked] : [];
}

const differs = (a: Row | undefined, b: Row): boolean =>
  a === undefined || Object.entries(b).some(([field, value]) => a[field as keyof Row] !== value);

/** R50, R44 and R76: lines that Fortnox shows otherwise than webCRM, which is no fault but should be known. */
function rowWarnings({ vendorRows, rowContext, lines }: DocumentPlanInput, { rows }: RowsDecision): Reason[] {
  const reasons: Reason[] = [];
  const typed = new Map(lines.map(({ id, row }) => [id, row.discount]));
  for (const { fortnoxWrite, index, lineId, next } of rows) {
    const { article } = fortnoxWrite;
    if (typeof article === 'string' && rowContext.unknownArticles.has(article)) reasons.push('article-unknown');
    if (fortnoxWrite.text !== undefined && isCut(next.webcrm.text, fortnoxWrite.text)) reasons.push('value-cut');
    const present = index === null ? undefined : vendorRows[index];
    // The merge leaves such a discount alone: the line's differs from its image for as long as it is not what it was.
    const differs = lineId !== null && typed.get(lineId) !== next.webcrm.discount;
    if (differs && present !== undefined && hasAmount(present)) reasons.push('amount-discount');
  }
  return reasons;
}
