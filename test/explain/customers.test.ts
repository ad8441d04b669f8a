import t from 'tap';
import { customer } from '../support/world.ts';
import { CUSTOM_FIELDS, organisation, TERMS, unheard } from './organisations.ts';
import { check, ref, type Situation } from './situations.ts';
import { open } from './world.ts';

t.setTimeout(240_000);

const OWNED_BY_FORTNOX: readonly Situation[] = [
  {
    name: 'R10 an organisation of another Type',
    async make(world) {
      const id = organisation(world, { OrganisationName: 'Annan Typ AB', OrganisationType: 'Prospect' });
      await world.quiet();
      return ref('customer', 'webcrm', id);
    },
    rule: 'type',
    code: 'type-not-selected',
    next: 'choose-type',
    action: 'nothing',
    more(test, told) {
      test.match(told.record, { name: 'Annan Typ AB', number: null });
      test.match(told.rules.find(({ id }) => id === 'match')?.outcome, 'not-reached');
      test.match(told.activity, [{ reasons: ['type-not-selected'] }]);
    },
  },
  {
    name: 'C4 an organisation without a name',
    async make(world) {
      const id = organisation(world, { OrganisationName: ' ' });
      await world.quiet();
      return ref('customer', 'webcrm', id);
    },
    rule: 'name',
    code: 'waiting-for-name',
    next: 'enter-name',
  },
  {
    name: 'R1 a customer in step',
    async make(world) {
      return ref('customer', 'webcrm', (await customer(world, { OrganisationName: 'I Fas AB' })).organisation);
    },
    rule: null,
    next: 'nothing',
    action: 'nothing',
    more(test, told) {
      test.match(told.pair, { state: 'linked', reason: 'in-step' });
      test.match(
        told.fields.find(({ field }) => field === 'name'),
        {
          webcrm: { image: 'I Fas AB', now: 'I Fas AB' },
          fortnox: { image: 'I Fas AB', now: 'I Fas AB' },
        },
      );
      test.equal(told.reads, 2);
    },
  },
  {
    name: 'R2 an edit that nobody told of',
    async make(world) {
      const made = await customer(world, { OrganisationName: 'Ny Telefon AB' });
      await unheard(world, () =>
        world.webcrm.person.editOrganisation(made.organisation, { OrganisationTelephone: '08-123' }),
      );
      return ref('customer', 'webcrm', made.organisation);
    },
    rule: null,
    next: 'sync-now',
    action: 'write',
    more(test, told) {
      test.match(told.would.writes, [{ side: 'fortnox', action: 'update', fields: { Phone1: '08-123' } }]);
      test.strictSame(told.would.changes, [{ target: 'fortnox', field: 'phone', before: null, after: '08-123' }]);
    },
  },
  {
    name: 'R70 both sides were edited: both writes are told, and what gives way',
    async make(world) {
      const made = await customer(world, { OrganisationName: 'Båda AB' });
      await unheard(world, () => {
        world.webcrm.person.editOrganisation(made.organisation, {
          OrganisationTelephone: '08-1',
          OrganisationWww: 'a.se',
        });
        world.fortnox.person.editCustomer(made.number, { Phone1: '08-2' });
      });
      return ref('customer', 'fortnox', made.number);
    },
    rule: 'no-value-lost',
    code: 'conflict-resolved',
    next: 'sync-now',
    action: 'write',
    more(test, told) {
      test.strictSame(told.would.writes.map(({ side }) => side).sort(), ['fortnox', 'webcrm']);
      test.strictSame(told.would.lost, [{ side: 'webcrm', field: 'phone', before: '08-1', after: '08-2' }]);
    },
  },
  {
    name: 'R22 a new organisation that nobody told of would be created',
    async make(world) {
      const id = await unheard(world, () => organisation(world, { OrganisationName: 'Ohörd AB' }));
      return ref('customer', 'webcrm', id);
    },
    rule: null,
    next: 'sync-now',
    action: 'create',
    more(test, told) {
      test.match(told.would.writes, [
        { side: 'fortnox', action: 'create', kind: 'customer', fields: { Name: 'Ohörd AB' } },
      ]);
      test.ok(told.would.changes.some(({ field, after }) => field === 'name' && after === 'Ohörd AB'));
      test.equal(told.pair, null);
    },
  },
  {
    name: 'R11 an excluded pair',
    async make(world) {
      const made = await customer(world, { OrganisationName: 'Utesluten AB' });
      world.webcrm.person.editOrganisation(made.organisation, { OrganisationType: 'Prospect' });
      await world.quiet();
      return ref('customer', 'fortnox', made.number);
    },
    rule: 'type-kept',
    code: 'pair-excluded',
    next: 'choose-type',
  },
  {
    name: 'R1 a country that is not known',
    async make(world) {
      const made = await customer(world, { OrganisationName: 'Långt Bort AB' });
      world.webcrm.person.editOrganisation(made.organisation, { OrganisationCountry: 'Lyckoland' });
      await world.quiet();
      return ref('customer', 'webcrm', made.organisation);
    },
    rule: 'values-fit',
    code: 'country-unknown',
    next: 'correct-value',
  },
  {
    name: 'R1 terms of payment that the settings do not name',
    async make(world) {
      const made = await customer(world, { OrganisationName: 'Villkor AB' });
      world.webcrm.person.editOrganisation(made.organisation, { [TERMS]: 'Nästa år' });
      await world.quiet();
      return ref('customer', 'webcrm', made.organisation);
    },
    rule: 'values-fit',
    code: 'terms-unknown',
    next: 'complete-settings',
  },
  {
    name: 'R71 gone in Fortnox',
    async make(world) {
      const made = await customer(world, { OrganisationName: 'Borta AB' });
      world.fortnox.person.deleteCustomer(made.number);
      await world.hint('customer', 'webcrm', made.organisation);
      await world.hint('customer', 'fortnox', made.number);
      await world.quiet();
      return ref('customer', 'webcrm', made.organisation);
    },
    rule: 'exists-in-fortnox',
    code: 'gone-in-fortnox',
    next: 'relink',
  },
  {
    name: 'R71 gone in webCRM',
    async make(world) {
      const made = await customer(world, { OrganisationName: 'Också Borta AB' });
      world.webcrm.person.deleteOrganisation(made.organisation);
      await world.quiet();
      return ref('customer', 'fortnox', made.number);
    },
    rule: 'exists-in-webcrm',
    code: 'gone-in-webcrm',
    next: 'relink',
  },
  {
    name: 'R71 a record that never was',
    make: async () => ref('customer', 'webcrm', 99_999),
    rule: 'exists-in-webcrm',
    code: 'gone-in-webcrm',
    next: 'nothing',
  },
  {
    name: 'B6 a pair that was unlinked by hand',
    async make(world) {
      const made = await customer(world, { OrganisationName: 'Lös AB' });
      const pair = await world.store.pairs.bySide(world.tenantId, 'customer', 'fortnox', made.number);
      if (pair) await world.store.pairs.replace({ ...pair, state: 'detached', reason: 'detached' });
      return ref('customer', 'webcrm', made.organisation);
    },
    rule: 'detached',
    code: 'detached',
    next: 'link',
  },
  {
    name: 'B4 a write that the vendor refused',
    async make(world) {
      const made = await customer(world, { OrganisationName: 'Vägrad AB' });
      world.fortnox.failNext({ method: 'PUT', path: '/3/customers/{id}', status: 400, times: 1 });
      world.webcrm.person.editOrganisation(made.organisation, { OrganisationTelephone: 'x' });
      await world.quiet();
      return ref('customer', 'webcrm', made.organisation);
    },
    rule: 'vendor-accepts',
    code: 'vendor-refused',
    next: 'correct-and-retry',
    action: 'write',
    more(test, told) {
      test.match(told.jobs, [{ state: 'dead', lastError: { code: 'vendor-refused' } }]);
    },
  },
  {
    name: 'R72 both sides changed one field during a long pause: a person is asked',
    async make(world) {
      const made = await customer(world, { OrganisationName: 'Lång Paus AB' });
      await unheard(world, () => {
        world.webcrm.person.editOrganisation(made.organisation, { OrganisationTelephone: '08-1' });
        world.fortnox.person.editCustomer(made.number, { Phone1: '08-2' });
      });
      const pair = await world.store.pairs.bySide(world.tenantId, 'customer', 'fortnox', made.number);
      if (pair) await world.store.pairs.replace({ ...pair, state: 'conflict', reason: 'changed-on-both-sides' });
      return ref('customer', 'webcrm', made.organisation);
    },
    rule: 'asked-first',
    code: 'changed-on-both-sides',
    next: 'decide-conflict',
    action: 'nothing',
  },
];

t.test('B2 B6 customers whose number Fortnox owns', async (t) => {
  const { world, why } = await open(t, {
    settings: { customFields: CUSTOM_FIELDS, termsOfPayment: [{ webcrm: '30 dagar', fortnox: '30' }] },
  });
  for (const situation of OWNED_BY_FORTNOX) await check(t, world, why, situation);
});
