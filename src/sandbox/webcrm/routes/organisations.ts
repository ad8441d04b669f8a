import type { Route } from '../../common/front-door.ts';
import { decoded, empty, json } from '../answers.ts';
import type { Company } from '../company.ts';
import { Refusal } from '../refusal.ts';
import type { WebcrmSwitches } from '../switches.ts';
import { instant } from '../validate.ts';
import { answerPage, listRoute, recordRoutes } from './records.ts';

function date(segment: string | undefined): number {
  const text = decoded(segment ?? '');
  const ms = instant(text);
  if (ms === null) throw new Refusal(`"${text}" is not an ISO 8601 date with offset`);
  return ms;
}

/** Organisations: the one entity whose POST may answer otherwise than with the id, and that is found by its change. */
export function organisationRoutes({ organisations }: Company, switches: WebcrmSwitches): Route[] {
  const made = (id: number) => {
    if (switches.postAnswer === 'id') return json(200, id);
    return switches.postAnswer === 'object' ? json(200, organisations.get(id)) : empty(200);
  };
  return [
    listRoute(organisations, switches),
    ...recordRoutes(organisations, switches, made),
    {
      method: 'GET',
      pattern: '/Organisations/FindByUpdateDates/{from}/{to}',
      match: /^\/Organisations\/FindByUpdateDates\/([^/]+)\/([^/]+)$/,
      answer: (call) => {
        const [from, to] = [date(call.params[0]), date(call.params[1])];
        return answerPage(call, switches, organisations, (row) => {
          const updated = Date.parse(String(row.OrganisationUpdatedAt));
          return updated >= from && updated < to;
        });
      },
    },
  ];
}
