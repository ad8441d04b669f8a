import type { Pair } from '../../schemas/records.ts';
import { FIELDS, openWorld, type World, type WorldOptions } from '../support/world.ts';

/** Where the tests show the status. */
export const ORGANISATION_STATUS = 'OrganisationCustom9';
export const DELIVERY_STATUS = 'DeliveryCustom9';

export async function open(t: { teardown(fn: () => Promise<void>): void }, options: WorldOptions = {}): Promise<World> {
  const world = await openWorld({
    ...options,
    settings: {
      customFields: {
        customerNumber: 'OrganisationCustom1',
        organisationNumber: 'OrganisationCustom2',
        email: 'OrganisationCustom3',
        status: ORGANISATION_STATUS,
      },
      ...options.settings,
    },
    documents: { fields: { ...FIELDS, status: DELIVERY_STATUS }, ...options.documents },
  });
  t.teardown(() => world.close());
  world.fortnox.person.createArticle({ ArticleNumber: 'A1', Description: 'Lampa', Unit: 'st', VAT: 25 });
  await world.quiet();
  return world;
}

/** What a person does where no notification of it arrives. */
export function unheard<T>(world: World, act: () => T): T {
  world.listen(false);
  try {
    return act();
  } finally {
    world.listen(true);
  }
}

export const pairOf = async (
  world: World,
  webcrmId: number | string,
  entity: 'customer' | 'delivery' = 'customer',
): Promise<Pair> => {
  const pair = await world.store.pairs.bySide(world.tenantId, entity, 'webcrm', String(webcrmId));
  if (pair === null) throw new Error(`no pair of ${entity} ${webcrmId}`);
  return pair;
};
