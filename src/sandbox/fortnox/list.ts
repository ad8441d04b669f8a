import type { Company } from './company.ts';
import { Refusal } from './refusal.ts';
import type { FortnoxSwitches } from './switches.ts';

const FORMAT = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Stockholm',
  dateStyle: 'short',
  timeStyle: 'medium',
});
const ROW_FIELDS = ['@url', 'Address1', 'Address2', 'City', 'CustomerNumber', 'Email', 'Name', 'OrganisationNumber'];
const SEARCHES: Readonly<Record<string, string>> = {
  customernumber: 'CustomerNumber',
  name: 'Name',
  organisationnumber: 'OrganisationNumber',
  zipcode: 'ZipCode',
  city: 'City',
  email: 'Email',
  phone: 'Phone1',
};
const GLOBAL = ['page', 'limit', 'lastmodified', 'filter'];

const invalid = (name: string) => new Refusal(400, 2000588, `Ogiltig parameter i anropet. (${name})`);

function whole(query: URLSearchParams, name: string, byDefault: number, most: number): number {
  const given = query.get(name);
  if (given === null) return byDefault;
  const value = Number(given);
  if (!/^\d+$/.test(given) || value < 1 || value > most) throw invalid(name);
  return value;
}

/** One page of rows under `key`, MetaInformation first; limit 100 by default and 500 at most (fortnox.md 5.2). */
export function pageOf(rows: readonly unknown[], key: string, query: URLSearchParams): object {
  const limit = whole(query, 'limit', 100, 500);
  const page = whole(query, 'page', 1, Number.MAX_SAFE_INTEGER);
  return {
    MetaInformation: {
      '@TotalResources': rows.length,
      '@TotalPages': Math.max(1, Math.ceil(rows.length / limit)),
      '@CurrentPage': page,
    },
    [key]: rows.slice((page - 1) * limit, page * limit),
  };
}

/** The answer of GET /3/customers; raises Refusal for a query that Fortnox would not take. */
export function listCustomers(company: Company, query: URLSearchParams, switches: FortnoxSwitches): object {
  let rows = company.list();
  for (const name of query.keys()) if (!GLOBAL.includes(name) && !(name in SEARCHES)) throw invalid(name);

  const since = query.get('lastmodified');
  if (since !== null) {
    if (!/^\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?$/.test(since) || Number.isNaN(Date.parse(since.replace(' ', 'T'))))
      throw invalid('lastmodified');
    // Compared as local time, as it is given: the hour that autumn repeats stays ambiguous.
    const length = switches.lastmodifiedPrecision === 'minute' ? 16 : 19;
    rows = rows.filter(({ modifiedAt }) => FORMAT.format(modifiedAt).slice(0, length) >= since.slice(0, length));
  }
  const filter = query.get('filter');
  if (filter !== null) {
    if (filter !== 'active' && filter !== 'inactive') throw new Refusal(400, 2000587, 'Ogiltigt filter.');
    rows = rows.filter(({ fields }) => (fields.Active === true) === (filter === 'active'));
  }
  for (const [name, field] of Object.entries(SEARCHES)) {
    const wanted = query.get(name)?.toLowerCase();
    // ILIKE %value%: 1 finds 10 and 21 as well (fortnox.md 5.4).
    if (wanted !== undefined)
      rows = rows.filter(({ fields }) =>
        String(fields[field] ?? '')
          .toLowerCase()
          .includes(wanted),
      );
  }
  const row = (fields: Record<string, unknown>) => ({
    ...Object.fromEntries(ROW_FIELDS.map((name) => [name, fields[name]])),
    Phone: fields.Phone1,
    ZipCode: fields.ZipCode,
  });
  return pageOf(
    rows.map(({ fields }) => row(fields)),
    'Customers',
    query,
  );
}
