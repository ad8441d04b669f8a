import type { Route } from '../../common/front-door.ts';
import { bodyOf, empty, idOf } from '../answers.ts';
import type { Company } from '../company.ts';
import { Refusal } from '../refusal.ts';
import type { WebcrmSwitches } from '../switches.ts';
import { answerPage, deleteRoute, listRoute, missingRow, recordRoutes } from './records.ts';

/** Deliveries, which the API cannot delete, and their quotation lines, which it can (webcrm.md 6). */
export function deliveryRoutes(company: Company, switches: WebcrmSwitches): Route[] {
  const { deliveries, lines } = company;
  return [
    listRoute(deliveries, switches),
    ...recordRoutes(deliveries, switches),
    {
      method: 'GET',
      pattern: '/Deliveries/ByOrganisation/{organisationId}',
      match: /^\/Deliveries\/ByOrganisation\/(\d+)$/,
      answer: (call) => {
        const owner = idOf(call);
        return answerPage(call, switches, deliveries, (row) => row.DeliveryOrganisationId === owner);
      },
    },
    {
      method: 'GET',
      pattern: '/Deliveries/{id}/QuotationLines',
      match: /^\/Deliveries\/(\d+)\/QuotationLines$/,
      answer: (call) => {
        const id = idOf(call);
        if (!deliveries.get(id)) return missingRow(switches, deliveries, id);
        return answerPage(call, switches, lines, (row) => row.QuotationLineOpportunityId === id);
      },
    },
    {
      method: 'POST',
      pattern: '/Deliveries/{id}/Move',
      match: /^\/Deliveries\/(\d+)\/Move$/,
      answer: (call) => {
        const { NewOrganisationId, ...rest } = bodyOf(call);
        for (const name of Object.keys(rest)) throw new Refusal(`${name}: unknown field`);
        return company.move(idOf(call), NewOrganisationId, 'api')
          ? empty(204)
          : missingRow(switches, deliveries, idOf(call));
      },
    },
    listRoute(lines, switches),
    ...recordRoutes(lines, switches),
    deleteRoute(lines, switches),
  ];
}
