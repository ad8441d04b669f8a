import { jsonNumber } from '../decimal.ts';
import { segment } from '../http.ts';
import { filled, marked } from './blank.ts';
import type { FortnoxCalls } from './calls.ts';
import { NOT_FOUND } from './errors.ts';
import { changedSince } from './stockholm-time.ts';
import type {
  DocumentKind,
  DocumentRowWrite,
  DocumentWrite,
  FortnoxClient,
  FortnoxDocument,
  FortnoxDocumentRow,
} from './types.ts';

const KINDS = {
  order: { path: '/3/orders', one: 'Order', many: 'Orders', rows: 'OrderRows', notFound: NOT_FOUND.order },
  invoice: {
    path: '/3/invoices',
    one: 'Invoice',
    many: 'Invoices',
    rows: 'InvoiceRows',
    notFound: NOT_FOUND.invoice,
  },
} as const satisfies Record<DocumentKind, unknown>;

const NUMBER = 'DocumentNumber';
const known = (kind: DocumentKind, number: string | null) => ({ key: KINDS[kind].one, numberField: NUMBER, number });

/** Fields of a row that are JSON numbers; quantities are strings (fortnox.md 11). */
const NUMBERS: ReadonlySet<string> = new Set(['Price', 'Discount', 'VAT']);

const SEARCHED: Record<Parameters<FortnoxClient['findDocuments']>[1], keyof FortnoxDocumentRow & string> = {
  externalinvoicereference1: 'ExternalInvoiceReference1',
  customernumber: 'CustomerNumber',
};

type Documents = Pick<
  FortnoxClient,
  'getDocument' | 'createDocument' | 'updateDocument' | 'findDocuments' | 'listDocuments' | 'probeDocuments'
>;

/** The orders and invoices of a company; promises stand in types.ts. */
export function createDocuments(calls: FortnoxCalls): Documents {
  const single = (kind: DocumentKind, number: string) => ({
    path: `${KINDS[kind].path}/${segment(number)}`,
    route: `${KINDS[kind].path}/{number}`,
  });
  const list = (kind: DocumentKind, query: Record<string, string>) => ({
    path: KINDS[kind].path,
    key: KINDS[kind].many,
    numberField: NUMBER,
    query,
  });

  return {
    getDocument: async (kind, number, priority) =>
      calls.find<FortnoxDocument>({ ...single(kind, number), priority }, known(kind, number), KINDS[kind].notFound),
    async createDocument(kind, write, priority) {
      const { path, one } = KINDS[kind];
      const body = { [one]: bodyOf(kind, write, filled) };
      return calls.obtain<FortnoxDocument>({ method: 'POST', path, route: path, priority, body }, known(kind, null));
    },
    async updateDocument(kind, number, write, priority) {
      const { one } = KINDS[kind];
      const body = { [one]: bodyOf(kind, write, marked) };
      const call = { method: 'PUT', ...single(kind, number), priority, body } as const;
      return calls.obtain<FortnoxDocument>(call, known(kind, number));
    },
    async findDocuments(kind, by, value, priority, since = null) {
      // An empty search matches every document.
      if (value.trim() === '') return [];
      const found: FortnoxDocumentRow[] = [];
      await calls.pages<FortnoxDocumentRow>(
        list(kind, { [by]: value, ...changedSince(since) }),
        priority,
        async (rows) => {
          found.push(...rows.filter((row) => String(row[SEARCHED[by]]) === value));
        },
      );
      return found;
    },
    listDocuments: (kind, since, priority, onPage) => calls.pages(list(kind, changedSince(since)), priority, onPage),
    async probeDocuments(mode, priority) {
      const { path } = KINDS[mode];
      await calls.succeed({ method: 'GET', path: `${path}?limit=1`, route: path, priority });
    },
  };
}

function bodyOf(kind: DocumentKind, write: DocumentWrite, head: typeof filled | typeof marked) {
  const fields = head(write.fields);
  return write.rows === undefined ? fields : { ...fields, [KINDS[kind].rows]: write.rows.map(rowOf) };
}

/** A new row takes Fortnox's defaults where it is empty; fields of one that is there already are cleared. */
function rowOf({ rowId, fields }: DocumentRowWrite): Record<string, string | number> {
  const numbered = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value !== '' && NUMBERS.has(name) ? jsonNumber(value, `${name} of a row`) : value,
    ]),
  );
  return rowId === null ? filled(numbered) : { RowId: rowId, ...marked(numbered) };
}
