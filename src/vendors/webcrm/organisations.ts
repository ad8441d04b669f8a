import type { Priority } from '../../../schemas/records.ts';
import { sameText } from '../http.ts';
import type { WebcrmCalls } from './calls.ts';
import { queryList, recordsWhereAny } from './query.ts';
import { createRecords } from './records.ts';
import type { FieldValue, WebcrmClient, WebcrmOrganisation } from './types.ts';

const PATH = '/Organisations';
const ID = 'OrganisationId';

type Organisations = Pick<
  WebcrmClient,
  | 'getOrganisation'
  | 'createOrganisation'
  | 'updateOrganisation'
  | 'findOrganisations'
  | 'findOrganisationsByAny'
  | 'listOrganisations'
>;

/** The organisations of a system; promises stand in types.ts. */
export function createOrganisations(calls: WebcrmCalls): Organisations {
  const records = createRecords(calls, { path: PATH, idField: ID });
  const findByAny = async (asked: readonly FieldValue[], priority: Priority) => {
    const wanted = asked
      .map(({ field, value }) => ({ field, value: value.trim() }))
      .filter(({ value }) => value !== '');
    // An empty value would find every organisation that has none.
    if (wanted.length === 0) return [];
    const rows = await calls.all<WebcrmOrganisation>(queryList(recordsWhereAny('Organisation', wanted), ID), priority);
    return rows.filter((row) => wanted.some(({ field, value }) => sameText(row[field], value)));
  };
  return {
    getOrganisation: (id, priority) => records.get<WebcrmOrganisation>(id, priority),
    createOrganisation: records.create,
    updateOrganisation: records.update,
    findOrganisations: (field, value, priority) => findByAny([{ field, value }], priority),
    findOrganisationsByAny: findByAny,
    listOrganisations(from, to, priority, onPage) {
      if (from === null) return calls.pages({ path: PATH, route: PATH, idField: ID }, priority, onPage);
      const [start, end] = [from, to].map((at) => encodeURIComponent(new Date(at).toISOString()));
      const route = `${PATH}/FindByUpdateDates/{startDate}/{endDate}`;
      return calls.pages({ path: `${PATH}/FindByUpdateDates/${start}/${end}`, route, idField: ID }, priority, onPage);
    },
  };
}
