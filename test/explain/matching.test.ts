import t from 'tap';
import { customer } from '../support/world.ts';
import { CUSTOM_FIELDS, NUMBER, ORGANISATION_NUMBER, organisation, unheard } from './organisations.ts';
import { check, ref, type Situation } from './situations.ts';
import { open } from './world.ts';

t.setTimeout(240_000);

const MATCHING: readonly Situation[] = [
  {
    name: 'R20 a customer of equal name',
    async make(world) {
      await unheard(world, () => world.fortnox.person.createCustomer({ Name: 'Lika AB' }));
      const id = organisation(world, { OrganisationName: 'Lika AB' });
      await world.quiet();
      return ref('customer', 'webcrm', id);
    },
    rule: 'match',
    code: 'match-proposed',
    next: 'decide-conflict',
    more(test, told) {
      test.equal(told.pair?.state, 'conflict');
      test.equal(told.would.candidates.length, 1);
    },
  },
  {
    name: 'R20 more than one customer fits',
    async make(world) {
      await unheard(world, () => {
        for (const Name of ['Ett AB', 'Två AB'])
          world.fortnox.person.createCustomer({ Name, OrganisationNumber: '556000-1111' });
      });
      const id = organisation(world, { OrganisationName: 'Tre AB', [ORGANISATION_NUMBER]: '556000-1111' });
      await world.quiet();
      return ref('customer', 'webcrm', id);
    },
    rule: 'match',
    code: 'match-ambiguous',
    next: 'decide-conflict',
  },
  {
    name: 'R20 the number fits, the organisation number contradicts',
    async make(world) {
      const number = await unheard(world, () =>
        world.fortnox.person.createCustomer({ Name: 'Fyra AB', OrganisationNumber: '556000-2222' }),
      );
      const id = organisation(world, {
        OrganisationName: 'Fem AB',
        [NUMBER]: number,
        [ORGANISATION_NUMBER]: '556000-3333',
      });
      await world.quiet();
      return ref('customer', 'webcrm', id);
    },
    rule: 'match',
    code: 'match-contradicted',
    next: 'correct-number',
  },
  {
    name: 'R20 two organisations bear one number',
    async make(world) {
      await customer(world, { OrganisationName: 'Sex AB', [ORGANISATION_NUMBER]: '556000-4444' });
      const id = organisation(world, { OrganisationName: 'Sju AB', [ORGANISATION_NUMBER]: '556000-4444' });
      await world.quiet();
      return ref('customer', 'webcrm', id);
    },
    rule: 'match',
    code: 'number-already-paired',
    next: 'correct-number',
  },
  {
    name: 'R20 a customer that fits would be linked',
    async make(world) {
      const number = await unheard(world, () =>
        world.fortnox.person.createCustomer({ Name: 'Åtta AB', Phone1: '08-8' }),
      );
      const id = await unheard(world, () => organisation(world, { OrganisationName: 'Åtta AB', [NUMBER]: number }));
      return ref('customer', 'webcrm', id);
    },
    rule: null,
    next: 'sync-now',
    action: 'link',
    more(test, told) {
      test.ok(told.would.reasons.some(({ code }) => code === 'linked-by-number'));
      test.ok(told.would.changes.some(({ target, field }) => target === 'webcrm' && field === 'phone'));
    },
  },
  {
    name: 'R71 the customer that fits was unlinked by hand',
    async make(world) {
      const made = await customer(world, { OrganisationName: 'Ensam AB' });
      const pair = await world.store.pairs.bySide(world.tenantId, 'customer', 'fortnox', made.number);
      if (pair) await world.store.pairs.replace({ ...pair, webcrmId: null, state: 'detached', reason: 'detached' });
      world.webcrm.person.editOrganisation(made.organisation, { OrganisationTelephone: '08-9' });
      await world.quiet();
      return ref('customer', 'webcrm', made.organisation);
    },
    rule: 'match-free',
    code: 'detached',
    next: 'link',
  },
];

t.test('B2 B6 R20 organisations that may be customers that exist', async (t) => {
  const { world, why } = await open(t, { settings: { customFields: CUSTOM_FIELDS } });
  for (const situation of MATCHING) await check(t, world, why, situation);
});
