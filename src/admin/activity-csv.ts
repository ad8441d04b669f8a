import { Readable } from 'node:stream';
import type { Activity } from '../../schemas/records.ts';
import type { PageRequest, Store } from '../store/port.ts';

/** Rows of one file: what a spreadsheet opens with ease. */
const MOST_ROWS = 100_000;
/** Lines that are in memory at a time. */
const PAGE_LINES = 100;

const BOM = '\uFEFF';
const HEADER = [
  'time',
  'entity',
  'webcrm id',
  'fortnox id',
  'action',
  'side written',
  'field',
  'before',
  'after',
  'lost',
  'reasons',
  'message',
  'job',
];

export type ActivityFilters = Omit<Parameters<Store['activity']['list']>[1], keyof PageRequest>;
type Cell = string | null;

/**
 * The activity as CSV (RFC 4180, UTF-8 with BOM), newest first, one row for each change or lost value and one for a line
 * without any. It is read page by page as fast as it is taken. At most `mostRows` rows; the last row of a file that was cut
 * says with which cursor the next one begins. The stream fails with the store's error, and with `invalid-body` for a cursor
 * that is none.
 */
export function activityCsv(
  store: Pick<Store, 'activity'>,
  tenant: string,
  filters: ActivityFilters & { cursor?: string | undefined },
  mostRows = MOST_ROWS,
): Readable {
  return Readable.from(chunks(store, tenant, filters, mostRows));
}

async function* chunks(
  store: Pick<Store, 'activity'>,
  tenant: string,
  { cursor: begin, ...filters }: ActivityFilters & { cursor?: string | undefined },
  mostRows: number,
): AsyncGenerator<string> {
  let head = BOM + rowText(HEADER);
  let cursor: string | null | undefined = begin;
  let written = 0;
  while (cursor !== null) {
    const page = await store.activity.list(tenant, { ...filters, limit: PAGE_LINES, cursor });
    const rows: Cell[][] = page.items.flatMap(rowsOf);
    // Cut between pages alone: only there a cursor stands. The first page is whole, or the next file would begin where this did.
    if (written > 0 && written + rows.length > mostRows) {
      yield rowText(cutRow(written, cursor ?? ''));
      return;
    }
    written += rows.length;
    yield head + rows.map(rowText).join('');
    head = '';
    cursor = page.next;
  }
}

/** A row for each change; a value that was lost and is no change of the written side has one of its own. */
function rowsOf(line: Activity): Cell[][] {
  const row = (side: string | null, field: Cell, before: Cell, after: Cell, lost: string): Cell[] => [
    new Date(line.at).toISOString(),
    line.entity,
    line.webcrmId,
    line.fortnoxId,
    line.action,
    side,
    field,
    before,
    after,
    lost,
    line.reasons.join(' '),
    line.message,
    line.job,
  ];
  const lost = [...line.lost];
  const changes = line.changes.map(({ field, before, after }) => {
    const at = lost.findIndex(
      (entry) => entry.side === line.target && entry.field === field && entry.before === before,
    );
    if (at >= 0) lost.splice(at, 1);
    return row(line.target, field, before, after, at >= 0 ? 'yes' : 'no');
  });
  const others = lost.map(({ side, field, before, after }) => row(side, field, before, after, 'yes'));
  const rows = [...changes, ...others];
  return rows.length > 0 ? rows : [row(line.target, null, null, null, 'no')];
}

function cutRow(written: number, cursor: string): Cell[] {
  const row: Cell[] = HEADER.map(() => null);
  row[HEADER.indexOf('message')] =
    `There is more: this file ends after ${written} rows. Ask for the next one with the same filters and cursor=${cursor}`;
  return row;
}

const rowText = (cells: readonly Cell[]): string => `${cells.map(cellText).join(',')}\r\n`;

/**
 * What a spreadsheet would take for a formula is defused by an apostrophe, also after what it may take for the end of a cell: where the
 * decimal sign is a comma, as in Sweden and Denmark, it splits at semicolons, and minds no quotes that open in the middle.
 */
function cellText(cell: Cell): string {
  const safe = (cell ?? '').replace(/(^|[;\t\r\n]"?)(?=[=+\-@\t\r])/g, "$1'");
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
