import type { Route } from '../../common/front-door.ts';
import { empty, json, parameter } from '../answers.ts';
import type { Company } from '../company.ts';
import { LINKED_SETUP } from '../linked-setup.ts';
import { Refusal } from '../refusal.ts';
import type { WebcrmSwitches } from '../switches.ts';
import { deleteRoute, recordRoutes } from './records.ts';

/** The product register (webcrm.md 6 and 8.5). */
export function registerRoutes(company: Company, switches: WebcrmSwitches): Route[] {
  const { items } = company;
  const { path, name } = items.table;
  const records = {
    ...items,
    create(body: Record<string, unknown>, author: 'api' | 'person'): number {
      // Left out it would be Undefined, which the register does not take.
      if (body[`${name}EntityType`] === undefined) throw new Refusal(`${name}EntityType: is required`);
      return items.create(body, author);
    },
  };
  return [
    {
      method: 'GET',
      pattern: path,
      match: new RegExp(`^${path}$`),
      answer: ({ url }) => {
        for (const paging of ['Page', 'Size'])
          if (parameter(url, paging) !== null) throw new Refusal(`${paging}: the register has no pages`);
        return json(200, items.show(items.stored()));
      },
    },
    ...recordRoutes(records, switches),
    deleteRoute(items, switches),
    {
      method: 'DELETE',
      pattern: path,
      match: new RegExp(`^${path}/?$`),
      answer: ({ regret }) => {
        regret('A delete without an id wipes the whole register');
        company.wipeRegister();
        return empty(200);
      },
    },
    {
      method: 'GET',
      pattern: '/QuotationLines/LinkedSetup',
      match: /^\/QuotationLines\/LinkedSetup$/,
      answer: () => json(200, LINKED_SETUP),
    },
  ];
}
