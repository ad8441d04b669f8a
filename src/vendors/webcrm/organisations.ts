import { sameText } from '../http.ts';
import type { WebcrmCalls } from './calls.ts';
import { queryList, recordsWhere } from './query.ts';
import { createRecords } from './records.ts';
import type { WebcrmClient, WebcrmOrganisation } from './types.ts';

const PATH = '/Organisations';
const ID = 'OrganisationId';

type Organisations = Pick<
  WebcrmClient,
  'getOrganisation' | 'createOrganisation' | 'updateOrganisation' | 'findOrganisations' | 'listOrganisations'
>;

/** The organisations of a system; promises stand in types.ts. */
export function createOrganisations(calls: WebcrmCalls): Organisations {
  const records = createRecords(calls, { path: PATH, idField: ID });
  return {
    getOrganisation: (id, priority) => records.get<WebcrmOrganisation>(id, priority),
    createOrganisation: records.create,
    updateOrganisation: records.update,
    async findOrganisations(by, value, priority) {
      const wanted = value.trim();
      if (wanted === '') return [];
      const rows = await calls.all<WebcrmOrganisation>(
        queryList(recordsWhere('Organisation', by, wanted), ID),
        priority,
      );
      return rows.filter((row) => sameText(row[by], wanted));
    },
    listOrganisations(from, to, priority, onPage) {
      if (from === null) return calls.pages({ path: PATH, route: PATH, idField: ID }, priority, onPage);
      const [start, end] = [from, to].map((at) => encodeURIComponent(new Date(at).toISOString()));
      const route = `${PATH}/FindByUpdateDates/{startDate}/{endDate}`;
      return calls.pages({ path: `${PATH}/FindByUpdateDates/${start}/${end}`, route, idField: ID }, priority, onPage);
    },
  };
}
