import { localTime } from './calendar.ts';
import { Refusal } from './refusal.ts';
import type { FortnoxSwitches } from './switches.ts';

type Fields = Record<string, unknown>;
export interface ListEntry {
  readonly fields: Fields;
  readonly modifiedAt: number;
}
/** What the list of one resource takes and answers (fortnox.md 5.4, 11). */
export interface ListSpec {
  /** The plural that the rows stand under. */
  readonly key: string;
  /** Search parameters and the fields that they look into. */
  readonly searches: Readonly<Record<string, string>>;
  readonly filters: Readonly<Record<string, (fields: Fields, today: string) => boolean>>;
  /** Values of `sortby` and their fields. */
  readonly sorts: Readonly<Record<string, string>>;
  /** The field that fromdate and todate compare. */
  readonly date?: string;
  row(fields: Fields): Fields;
}

const GLOBAL = ['page', 'limit', 'offset', 'lastmodified', 'sortby', 'sortorder'];
const LOCAL_TIME = /^\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?$/;
const isTime = (value: string) => LOCAL_TIME.test(value) && !Number.isNaN(Date.parse(value.replace(' ', 'T')));

export const invalid = (name: string) => new Refusal(400, 2000588, `Ogiltig parameter i anropet. (${name})`);

function whole(
  query: URLSearchParams,
  name: string,
  range: { byDefault: number; least?: number; most?: number },
): number {
  const given = query.get(name);
  if (given === null) return range.byDefault;
  const value = Number(given);
  if (!/^\d+$/.test(given) || value < (range.least ?? 1) || value > (range.most ?? Number.MAX_SAFE_INTEGER))
    throw invalid(name);
  return value;
}

/** One page of rows under `key`, MetaInformation first; limit 100 by default and 500 at most (fortnox.md 5.2). */
export function pageOf(rows: readonly unknown[], key: string, query: URLSearchParams): object {
  const limit = whole(query, 'limit', { byDefault: 100, most: 500 });
  const page = whole(query, 'page', { byDefault: 1 });
  const start = whole(query, 'offset', { byDefault: 0, least: 0 }) + (page - 1) * limit;
  return {
    MetaInformation: {
      '@TotalResources': rows.length,
      '@TotalPages': Math.max(1, Math.ceil(rows.length / limit)),
      '@CurrentPage': page,
    },
    [key]: rows.slice(start, start + limit),
  };
}

/** Entries changed since `lastmodified`, when the query gives it. */
export function modifiedSince<T extends { readonly modifiedAt: number }>(
  entries: readonly T[],
  query: URLSearchParams,
  switches: FortnoxSwitches,
): readonly T[] {
  const since = query.get('lastmodified');
  if (since === null) return entries;
  if (!isTime(since)) throw invalid('lastmodified');
  // Compared as local time, as it is given: the hour that autumn repeats stays ambiguous.
  const length = switches.lastmodifiedPrecision === 'minute' ? 16 : 19;
  return entries.filter(({ modifiedAt }) => localTime(modifiedAt).slice(0, length) >= since.slice(0, length));
}

/** ILIKE %value%: 1 finds 10 and 21 as well (fortnox.md 5.4). */
const like = (value: unknown, wanted: string) =>
  String(value ?? '')
    .toLowerCase()
    .includes(wanted.toLowerCase());

function sorted(spec: ListSpec, entries: readonly ListEntry[], query: URLSearchParams): readonly ListEntry[] {
  const order = query.get('sortorder') ?? 'ascending';
  if (order !== 'ascending' && order !== 'descending') throw invalid('sortorder');
  const by = query.get('sortby');
  if (by === null) return entries;
  const field = spec.sorts[by];
  if (field === undefined) throw invalid('sortby');
  const sign = order === 'ascending' ? 1 : -1;
  const collator = new Intl.Collator('sv', { numeric: true });
  return [...entries].sort(
    (a, b) => sign * collator.compare(String(a.fields[field] ?? ''), String(b.fields[field] ?? '')),
  );
}

/** The answer of a list; raises Refusal for a query that Fortnox would not take. `today` is the date in Sweden. */
export function listOf(
  spec: ListSpec,
  entries: readonly ListEntry[],
  query: URLSearchParams,
  switches: FortnoxSwitches,
  today: string,
): object {
  const dates = spec.date === undefined ? [] : ['fromdate', 'todate'];
  const specific = [...query.keys()].filter((name) => !GLOBAL.includes(name));
  for (const name of specific)
    if (name !== 'filter' && !dates.includes(name) && !(name in spec.searches)) throw invalid(name);
  const narrowing = specific.filter((name) => !dates.includes(name));
  if (switches.searchParameters === 'one' && narrowing.length > 1) throw invalid(narrowing.join(', '));

  let rows = modifiedSince(entries, query, switches);
  for (const name of dates) {
    const limit = query.get(name);
    if (limit === null) continue;
    if (!isTime(limit)) throw invalid(name);
    const date = ({ fields }: ListEntry) => String(fields[spec.date ?? ''] ?? '');
    rows = rows.filter((entry) => (name === 'fromdate' ? date(entry) >= limit : date(entry) <= limit));
  }
  const filter = query.get('filter');
  if (filter !== null) {
    const passes = Object.hasOwn(spec.filters, filter) ? spec.filters[filter] : undefined;
    if (!passes) throw new Refusal(400, 2000587, 'Ogiltigt filter.');
    rows = rows.filter(({ fields }) => passes(fields, today));
  }
  for (const [name, field] of Object.entries(spec.searches)) {
    const wanted = query.get(name);
    if (wanted !== null) rows = rows.filter(({ fields }) => like(fields[field], wanted));
  }
  return pageOf(
    sorted(spec, rows, query).map(({ fields }) => spec.row(fields)),
    spec.key,
    query,
  );
}
