import { type Call, field } from '../http.ts';
import { rowsOf, unreadable, type WebcrmCalls } from './calls.ts';
import { DELIVERIES } from './deliveries.ts';
import { webcrmError } from './errors.ts';
import { checkedId, idText } from './ids.ts';
import { withNumbers } from './numbers.ts';
import { linesSince, QUERIES, queryList } from './query.ts';
import { createRecords } from './records.ts';
import type { WebcrmClient, WebcrmLine } from './types.ts';

const PATH = '/QuotationLines';
const ID = 'QuotationLineId';
/** What a query on a table that webCRM does not know may be answered with. */
const REFUSALS: ReadonlySet<number> = new Set([400, 404]);

type Lines = Pick<
  WebcrmClient,
  | 'linesOf'
  | 'getLine'
  | 'createLine'
  | 'updateLine'
  | 'deleteLine'
  | 'listChangedLines'
  | 'listLines'
  | 'probeLineQuery'
>;

/** The quotation lines of deliveries; promises stand in types.ts. */
export function createLines(calls: WebcrmCalls): Lines {
  const records = createRecords(calls, { path: PATH, idField: ID });
  const deliveries = createRecords(calls, DELIVERIES);
  return {
    async linesOf(deliveryId, priority) {
      let nothing = false;
      const list = {
        path: `/Deliveries/${checkedId(deliveryId).segment}/QuotationLines`,
        route: '/Deliveries/{id}/QuotationLines',
        idField: ID,
        onNothing: () => {
          nothing = true;
        },
      };
      const lines = await calls.all<WebcrmLine>(list, priority);
      // No list at all may mean no delivery or no lines: how webCRM says either is not proven (webcrm.md 4).
      if (nothing && (await deliveries.get(deliveryId, priority)) === null) return null;
      return lines.toSorted(inOrder);
    },
    getLine: (id, priority) => records.get<WebcrmLine>(id, priority),
    createLine: async (deliveryId, fields, priority) =>
      records.create({ ...withNumbers(fields), QuotationLineOpportunityId: checkedId(deliveryId).number }, priority),
    updateLine: async (id, fields, priority) => records.update(id, withNumbers(fields), priority),
    deleteLine: records.remove,
    listChangedLines(from, priority, onPage) {
      const list = queryList(linesSince(from));
      return calls.pages<object>(list, priority, async (rows) => {
        const owners = rows.map((row) => ownerOf(row, list.route)).filter((id) => id !== null);
        if (owners.length > 0) await onPage([...new Set(owners)]);
      });
    },
    listLines: (priority, onPage) =>
      calls.pages<WebcrmLine>({ path: PATH, route: PATH, idField: ID }, priority, onPage),
    async probeLineQuery(priority) {
      const search = new URLSearchParams({ script: linesSince(0), Page: '1', Size: '1' });
      const call: Call = { method: 'GET', path: `${QUERIES}?${search}`, route: QUERIES, priority };
      const answer = await calls.exchange(call);
      if (REFUSALS.has(answer.status)) return false;
      if (answer.status >= 400) throw webcrmError(`GET ${QUERIES}`, answer);
      rowsOf(answer, QUERIES);
      return true;
    },
  };
}

const inOrder = (one: WebcrmLine, other: WebcrmLine) =>
  (one.QuotationLineSortOrder ?? 0) - (other.QuotationLineSortOrder ?? 0) ||
  one.QuotationLineId - other.QuotationLineId;

/** null: a line that belongs to nothing. */
function ownerOf(row: object, route: string): string | null {
  const owner = field(row, 'QuotationLineOpportunityId');
  if (owner === undefined) throw unreadable(route);
  return idText(owner);
}
