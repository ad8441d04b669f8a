import t from 'tap';
import type { World } from '../support/world.ts';
import { NUMBER, organisation, unheard } from './organisations.ts';
import { check, ref, type Situation } from './situations.ts';
import { open } from './world.ts';

t.setTimeout(240_000);

const startDate = async (world: World, date: string | null) => {
  const tenant = await world.store.tenants.get(world.tenantId);
  if (tenant) await world.store.tenants.replace({ ...tenant, settings: { ...tenant.settings, startDate: date } });
};

const OWNED_BY_WEBCRM: readonly Situation[] = [
  {
    name: 'R30 an organisation without the number that webCRM owns',
    async make(world) {
      const id = organisation(world, { OrganisationName: 'Utan Nummer AB' });
      await world.quiet();
      return ref('customer', 'webcrm', id);
    },
    rule: 'number',
    code: 'waiting-for-customer-number',
    next: 'enter-number',
  },
  {
    name: 'R30 a number that a deleted customer had',
    async make(world) {
      await unheard(world, () =>
        world.fortnox.person.deleteCustomer(
          world.fortnox.person.createCustomer({ CustomerNumber: '777', Name: 'Förr AB' }),
        ),
      );
      const id = organisation(world, { OrganisationName: 'Nu AB', [NUMBER]: '777' });
      await world.quiet();
      return ref('customer', 'webcrm', id);
    },
    rule: 'vendor-accepts',
    code: 'number-taken',
    next: 'correct-number',
    action: 'create',
    more(test, told) {
      test.equal(told.pair?.state, 'creating');
    },
  },
  {
    name: 'R14 no default Type for this kind of customer',
    async make(world) {
      const number = world.fortnox.person.createCustomer({ Name: 'Eva Ek', Type: 'PRIVATE' });
      await world.quiet();
      return ref('customer', 'fortnox', number);
    },
    rule: 'default-type',
    code: 'no-default-type',
    next: 'set-default-type',
  },
  {
    name: 'R13 an organisation from before the start date',
    async make(world) {
      await startDate(world, '2026-06-01');
      const id = organisation(world, { OrganisationName: 'Gammal AB', [NUMBER]: '778' });
      await world.quiet();
      return ref('customer', 'webcrm', id);
    },
    after: (world) => startDate(world, null),
    rule: 'start-date',
    code: 'before-start-date',
    next: 'import-record',
  },
];

t.test('B2 B6 customers whose number webCRM owns', async (t) => {
  const { world, why } = await open(t, {
    settings: { numberOwner: 'webcrm', defaultType: { company: 'Customer', private: null } },
  });
  for (const situation of OWNED_BY_WEBCRM) await check(t, world, why, situation);
});
