import t from 'tap';
import { customer, openWorld } from '../../support/world.ts';

const DAY = 24 * 3_600_000;

t.test('R72 what flows from Fortnox to an excluded customer does not end its long exclusion', async (t) => {
  for (const isOlder of [false, true]) {
    const world = await openWorld({ settings: { conflictPolicy: 'webcrm' } });
    t.teardown(() => world.close());
    const { organisation, number } = await customer(world, { OrganisationTelephone: '08-1' });
    world.webcrm.person.editOrganisation(organisation, { OrganisationType: 'Prospect' });
    await world.quiet();
    world.webcrm.person.editOrganisation(organisation, { OrganisationTelephone: '08-2' });
    world.fortnox.person.editCustomer(number, { Phone1: '08-3' });
    await world.quiet();
    const pair = () => world.store.pairs.bySide(world.tenantId, 'customer', 'fortnox', number);
    const before = await pair();
    if (before === null) throw new Error('no pair');
    const { excludedAt, ...older } = before;
    t.type(excludedAt, 'number');
    // It has been so for a month; an older document says so by its last change.
    const since = world.runtime.now() - 30 * DAY;
    await world.store.pairs.replace(isOlder ? { ...older, updatedAt: since } : { ...before, excludedAt: since });
    world.fortnox.person.editCustomer(number, { WWW: 'www.ny.example' });
    await world.quiet();
    t.equal(world.webcrm.organisation(organisation)?.OrganisationWww, 'www.ny.example', 'R11: it flows');
    const flowed = await pair();
    t.match(flowed, { state: 'excluded', excludedAt: since });
    t.ok(Number(flowed?.updatedAt) > since, 'the pair has changed all the same');
    world.webcrm.person.editOrganisation(organisation, { OrganisationType: 'Customer' });
    await world.quiet();
    t.match(await pair(), { state: 'conflict', reason: 'changed-on-both-sides' });
    t.equal(world.fortnox.customer(number)?.Phone1, '08-3', 'nothing is written before a person says so');
    t.strictSame(world.violations(), []);
  }
});

t.test('R72 an exclusion counts from when the Type was lost last', async (t) => {
  const world = await openWorld();
  t.teardown(() => world.close());
  const { organisation, number } = await customer(world);
  const pair = () => world.store.pairs.bySide(world.tenantId, 'customer', 'fortnox', number);
  const since: (number | undefined)[] = [];
  for (const OrganisationType of ['Prospect', 'Customer', 'Prospect']) {
    world.webcrm.person.editOrganisation(organisation, { OrganisationType });
    await world.quiet();
    since.push((await pair())?.excludedAt);
  }
  t.equal(since[1], undefined, 'none while it is linked');
  t.ok(Number(since[2]) > Number(since[0]));
});
