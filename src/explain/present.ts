import type { Row } from '../../schemas/delivery.ts';
import type { Image, Pair, Side } from '../../schemas/records.ts';
import { articleImage, articleMap, dataField } from '../sync/article/map.ts';
import type { JobContext } from '../sync/context.ts';
import { customerMap, numberInWebcrm } from '../sync/customer/map.ts';
import { type FortnoxSide, frozenOf } from '../sync/document/document.ts';
import { documentRecord } from '../sync/document/map.ts';
import { mapFor } from '../sync/document/map-for.ts';
import { hasVatIncluded, linesNow, readFortnox, readWebcrm, rowsNow } from '../sync/document/records.ts';
import { lineExpress, rowSide } from '../sync/document/row-express.ts';
import { readSide } from '../sync/fields.ts';
import { dataText, text } from '../sync/normalise.ts';
import type { Reason } from '../sync/reasons.ts';
import { identify } from '../sync/rows/entries.ts';
import type { LineNow } from '../sync/rows/types.ts';
import type { DocumentKind } from '../vendors/fortnox/types.ts';
import type { RecordRef, Rehearsal } from './rehearse.ts';
import { NotRead } from './vendors.ts';

/** One side's record as the rehearsal read it. */
export interface Shown {
  readonly id: string;
  readonly name: string | null;
  readonly number: string | null;
  /** In canonical form; a field that cannot be read is absent. */
  readonly fields: Image;
}

/** What one side shows of a row, and what it showed last. */
interface RowShown {
  readonly image: Row | null;
  readonly now: Row | null;
}
export interface RowView {
  readonly lineId: string | null;
  readonly webcrm: RowShown;
  readonly fortnox: RowShown;
}

/** Both records as far as the job read them. */
export interface Present {
  readonly webcrm: Shown | null;
  readonly fortnox: Shown | null;
  /** Of deliveries and documents; null where neither side was read. */
  readonly rows: readonly RowView[] | null;
  /** What of the document takes no change now; null: it was not read, or is none. */
  readonly frozen: { readonly head: Reason | null; readonly rows: Reason | null } | null;
}

const NOTHING: Present = { webcrm: null, fortnox: null, rows: null, frozen: null };

/** Lays out what the rehearsal read, at no call. */
export async function presentOf(rehearsal: Rehearsal, ref: RecordRef): Promise<Present> {
  const { replay, before, after } = rehearsal;
  // An item that is made anew leaves its pair without the id of the old one.
  const ids = {
    webcrm: after?.webcrmId ?? before?.webcrmId ?? null,
    fortnox: after?.fortnoxId ?? before?.fortnoxId ?? null,
    [ref.side]: ref.id,
  };
  if (ref.entity === 'customer') return customer(replay, ids);
  if (ref.entity === 'article') return article(replay, ids);
  return document(replay, ids, ref, before);
}

type Ids = Readonly<Record<Side, string | null>>;

/** What the job did not read, or could not, is not shown. */
async function readAgain<T>(id: string | null, read: (id: string) => Promise<T | null>): Promise<T | null> {
  if (id === null) return null;
  try {
    return await read(id);
  } catch (error) {
    if (error instanceof NotRead) return null;
    throw error;
  }
}

async function customer({ vendors, job, tenant: { settings } }: JobContext, ids: Ids): Promise<Present> {
  const map = customerMap(settings);
  const organisation = await readAgain(ids.webcrm, (id) => vendors.webcrm.getOrganisation(id, job.priority));
  const record = await readAgain(ids.fortnox, (id) => vendors.fortnox.getCustomer(id, job.priority));
  const number = organisation && numberInWebcrm(settings, organisation);
  return {
    ...NOTHING,
    webcrm: organisation && {
      id: String(organisation.OrganisationId),
      name: text(organisation.OrganisationName),
      number,
      fields: { ...readSide(map, 'webcrm', organisation), customerNumber: number },
    },
    fortnox: record && {
      id: record.CustomerNumber,
      name: text(record.Name),
      number: record.CustomerNumber,
      fields: { ...readSide(map, 'fortnox', record), customerNumber: record.CustomerNumber },
    },
  };
}

async function article({ vendors, job, tenant, register }: JobContext, ids: Ids): Promise<Present> {
  const { fortnox, webcrm } = vendors;
  const { items } = tenant.settings.documents;
  const item = await readAgain(ids.webcrm, (id) => webcrm.getItem(id, job.priority));
  const record = await readAgain(ids.fortnox, (id) => fortnox.getArticle(id, job.priority));
  const list = await readAgain(tenant.settings.articles.priceList ?? '', async (named) =>
    named !== '' ? named : register.preselectedPriceList(tenant.id, () => fortnox.priceLists(job.priority)),
  );
  const price = record && (await readAgain(list, (code) => fortnox.getPrice(code, record.ArticleNumber, job.priority)));
  return {
    ...NOTHING,
    webcrm: item && {
      id: String(item.QuotationLineLinkedDataItemId),
      name: dataText(item[dataField(items.name)]),
      number: dataText(item[dataField(items.number)]),
      fields: readSide(articleMap(tenant.settings), 'webcrm', item),
    },
    fortnox: record && {
      id: record.ArticleNumber,
      name: text(record.Description),
      number: record.ArticleNumber,
      fields: articleImage(record, price),
    },
  };
}

async function document(context: JobContext, ids: Ids, ref: RecordRef, pair: Pair | null): Promise<Present> {
  const { settings } = context.tenant;
  const kind = kindOfRecord(ref, pair, settings.documentMode);
  const webcrm = await readAgain(ids.webcrm, (id) => readWebcrm(context, id));
  const fortnox = await readAgain(ids.fortnox, (id) => readFortnox(context, kind, id));
  const map = await mapFor(context, kind, ids.fortnox);
  return {
    webcrm: webcrm && {
      id: String(webcrm.delivery.DeliveryId),
      name: text(webcrm.delivery.DeliveryDescription),
      number: text(webcrm.delivery.DeliveryNumber),
      fields: readSide(map, 'webcrm', webcrm.delivery),
    },
    fortnox: fortnox && {
      id: fortnox.document.DocumentNumber,
      name: text(fortnox.document.CustomerName),
      number: fortnox.document.DocumentNumber,
      fields: readSide(map, 'fortnox', documentRecord(fortnox)),
    },
    rows: rowsOf(context, kind, pair, webcrm && linesNow(settings.documents, webcrm.lines), fortnox),
    frozen: fortnox && frozenOf(fortnox, settings.documents),
  };
}

const kindOfRecord = ({ entity }: RecordRef, pair: Pair | null, mode: DocumentKind): DocumentKind => {
  if (entity === 'order' || entity === 'invoice') return entity;
  return pair === null ? mode : pair.fortnoxKind === 'order' ? 'order' : 'invoice';
};

/** The rows that are one, as the merge finds them. */
function rowsOf(
  { tenant }: JobContext,
  kind: DocumentKind,
  pair: Pair | null,
  lines: readonly LineNow[] | null,
  fortnox: FortnoxSide | null,
): RowView[] | null {
  if (lines === null && fortnox === null) return null;
  const settings = tenant.settings.documents;
  const vatIncluded = fortnox !== null && hasVatIncluded(fortnox);
  const base = pair?.rows ?? [];
  const entries = identify(
    {
      base,
      webcrm: lines ?? [],
      fortnox: fortnox === null ? [] : rowsNow(fortnox, { vatIncluded }),
      policy: tenant.settings.conflictPolicy,
      sides: {
        webcrm: { express: lineExpress(settings) },
        fortnox: rowSide({ kind, settings, vatIncluded, unknownArticles: new Set() }),
      },
      fortnoxLocked: false,
      putBack: false,
    },
    lines ?? [],
  );
  const all = new Set([...entries.base, ...entries.webcrm, ...entries.fortnox]);
  return [...all].map(({ base: known, line, fortnox: row }) => ({
    lineId: line?.id ?? known?.lineId ?? null,
    webcrm: { image: known?.webcrm ?? null, now: line?.row ?? null },
    fortnox: { image: known?.fortnox ?? null, now: row?.row ?? null },
  }));
}
