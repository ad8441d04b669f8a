import type { Row, RowField, RowPair } from '../../../schemas/delivery.ts';
import type { CreateIntent, Pair } from '../../../schemas/records.ts';
import type { DocumentKind, FortnoxDocument } from '../../vendors/fortnox/types.ts';
import type { JobContext } from '../context.ts';
import { type FieldLine, readSide } from '../fields.ts';
import { journalCreated } from '../journal.ts';
import { baseAfterCreate, fieldsFor } from '../new-record.ts';
import { move } from '../pair-state.ts';
import { refuseWhenPaused } from '../paused.ts';
import type { Reason } from '../reasons.ts';
import { expressRow } from '../rows/fields.ts';
import { newPair, storePair } from '../stored-pair.ts';
import { kindOf, rowsOf } from './document.ts';
import { documentRecord } from './map.ts';
import { mapFor } from './map-for.ts';
import { askedAgain } from './open-intent.ts';
import { linesNow, type WebcrmSide } from './records.ts';
import { lineExpress, rowSide } from './row-express.ts';
import { type RowContext, readRow, writeRow } from './row-map.ts';

/** What a new document is made from. */
export interface NewDocument {
  readonly webcrm: WebcrmSide;
  readonly customerNumber: string;
  readonly unknownArticles: ReadonlySet<string>;
}

/**
 * Makes the order or invoice of a delivery once, and links the two (R22): whoever has a half-made pair has looked with `linkLeft` for
 * what an earlier try left. The mode is the tenant's now, and stays with the pair (R49).
 */
export async function createDocument(
  context: JobContext,
  existing: Pair | null,
  made: NewDocument,
): Promise<{ pair: Pair; document: FortnoxDocument }> {
  const { tenant, vendors, job } = context;
  refuseWhenPaused(context, 'fortnox');
  const kind = existing === null ? tenant.settings.documentMode : kindOf(existing);
  const map = await mapFor(context, kind, null);
  const rows = rowContextOf(context, kind, made.unknownArticles);
  const pair = await openIntent(context, existing, kind, map, made, rows);
  const intent = pair.intent as CreateIntent;
  const document = await vendors.fortnox.createDocument(kind, documentWrite(map, intent, rows), job.priority);
  const warning: Reason[] = made.unknownArticles.size > 0 ? ['article-unknown'] : [];
  return finish(context, pair, intent, document, ['created-in-fortnox', ...warning]);
}

/** Links the document that an earlier try left, when there is one (R22). null: there is none. */
export async function linkLeft(context: JobContext, existing: Pair): Promise<Pair | null> {
  if (!existing.intent) return null;
  const left = await recoverDocument(context, existing.intent, kindOf(existing));
  return left === null ? null : (await finish(context, existing, existing.intent, left, ['recovered'])).pair;
}

const rowContextOf = (
  { tenant }: JobContext,
  kind: DocumentKind,
  unknownArticles: ReadonlySet<string>,
): RowContext => ({ kind, settings: tenant.settings.documents, vatIncluded: false, unknownArticles });

/** Stores what is about to be made, before Fortnox is asked. The key stays the same over every try. */
function openIntent(
  context: JobContext,
  existing: Pair | null,
  kind: DocumentKind,
  map: readonly FieldLine[],
  made: NewDocument,
  rowContext: RowContext,
): Promise<Pair> {
  const { runtime, job, tenant } = context;
  const ids = { entity: 'delivery', fortnoxKind: kind, webcrmId: job.id, fortnoxId: null } as const;
  const pair = existing ?? newPair(context, ids);
  const sides = { webcrm: { express: lineExpress(tenant.settings.documents) }, fortnox: rowSide(rowContext) };
  const rows: RowPair[] = linesNow(tenant.settings.documents, made.webcrm.lines).map(({ id, sort, row }) => ({
    lineId: id,
    sort,
    webcrm: row,
    fortnox: expressRow(row, 'fortnox', sides).image,
  }));
  const intent: CreateIntent = {
    side: 'fortnox',
    key: pair.intent?.key ?? `sync-${pair.id}`,
    name: '',
    customerNumber: made.customerNumber,
    sent: readSide(map, 'webcrm', made.webcrm.delivery),
    rows,
    at: pair.intent?.at ?? runtime.now(),
    ...askedAgain(pair),
  };
  return storePair(context, existing, { ...pair, state: 'creating', intent, candidates: [], reason: null });
}

function documentWrite(map: readonly FieldLine[], intent: CreateIntent, rowContext: RowContext) {
  const { fills } = rowSide(rowContext);
  const sent = (row: Row): Partial<Row> =>
    Object.fromEntries(Object.entries(row).filter(([field]) => fills?.(field as RowField, row) !== true));
  return {
    fields: {
      ...fieldsFor(map, 'fortnox', intent.sent),
      CustomerNumber: intent.customerNumber ?? '',
      ExternalInvoiceReference1: intent.key,
      // A customer whose prices include VAT would have ours taken for such (R45).
      VATIncluded: false,
    },
    rows: (intent.rows ?? []).map(({ webcrm }) => ({
      rowId: null,
      fields: writeRow(rowContext, sent(webcrm), webcrm, null),
    })),
  };
}

/** The document that an earlier try of this intent left, found by our key; null when there is none (R22). */
async function recoverDocument(
  { vendors, job, store, tenant }: JobContext,
  intent: CreateIntent,
  kind: DocumentKind,
): Promise<FortnoxDocument | null> {
  const found = await vendors.fortnox.findDocuments(kind, 'externalinvoicereference1', intent.key, job.priority);
  // The oldest is ours: a copy that somebody made of it meanwhile bears the key as well (R23).
  for (const { DocumentNumber } of found.toSorted((a, b) => Number(a.DocumentNumber) - Number(b.DocumentNumber))) {
    const pair = await store.pairs.bySide(tenant.id, kind, 'fortnox', DocumentNumber);
    if (pair === null) return vendors.fortnox.getDocument(kind, DocumentNumber, job.priority);
  }
  return null;
}

async function finish(
  context: JobContext,
  from: Pair,
  intent: CreateIntent,
  document: FortnoxDocument,
  reasons: readonly [Reason, ...Reason[]],
): Promise<{ pair: Pair; document: FortnoxDocument }> {
  const { store, runtime } = context;
  const kind = kindOf(from);
  const map = await mapFor(context, kind, null);
  const recovered = reasons.includes('recovered');
  const answer = recovered
    ? null
    : readSide(map, 'fortnox', documentRecord({ kind, document, invoice: null, shared: false }));
  const pair = await store.pairs.replace({
    ...from,
    fortnoxId: document.DocumentNumber,
    state: move(from, 'linked'),
    intent: null,
    customerNumber: document.CustomerNumber,
    base: baseAfterCreate(map, 'webcrm', intent.sent, answer),
    rows: rowsAfterCreate(kind, intent.rows ?? [], recovered ? null : document),
    reason: reasons[0],
    updatedAt: runtime.now(),
  });
  await journalCreated(context, pair, 'fortnox', intent.sent, reasons);
  return { pair, document };
}

/** Fortnox's images of the rows: what it shows of what we sent; what it filled by itself has none and flows back (R21). */
function rowsAfterCreate(kind: DocumentKind, sent: readonly RowPair[], answer: FortnoxDocument | null): RowPair[] {
  if (answer === null) return [...sent];
  const shown = rowsOf(kind, answer).map((row) => readRow({ kind, vatIncluded: answer.VATIncluded === true }, row));
  return sent.map((pair, at) => {
    const row = shown[at];
    if (row === undefined) return pair;
    const fields = Object.entries(row).map(([field, value]) => {
      const image = pair.fortnox[field as RowField];
      const wasSent = pair.webcrm[field as RowField] !== null && image !== null;
      return [field, wasSent ? value : image];
    });
    return { ...pair, fortnox: { ...row, ...Object.fromEntries(fields) } };
  });
}
