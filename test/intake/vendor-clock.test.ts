import t from 'tap';
import { HOUR, open } from '../reconcile/support.ts';

t.setTimeout(60_000);

t.test(
  'R74 with our clock ahead of the vendors, what changes after the connection is found by the polls',
  async (t) => {
    const world = await open(t, { clockAhead: 10 * 60_000 });
    const { runtime, store, tenantId } = world;
    for (const name of ['webcrm:customer', 'webcrm:delivery', 'fortnox:customer', 'fortnox:order', 'fortnox:invoice']) {
      const cursor = (await store.cursors.get(tenantId, `poll:${name}`)) ?? Number.POSITIVE_INFINITY;
      t.ok(cursor <= runtime.now() - 10 * 60_000 && cursor > runtime.now() - 11 * 60_000, name);
    }
    await runtime.advance(60_000);
    world.webcrm.person.createOrganisation({ OrganisationName: 'Ny AB', OrganisationType: 'Customer' });
    world.fortnox.person.createCustomer({ Name: 'Annan AB' });
    await runtime.advance(2 * HOUR);
    await world.quiet();
    t.strictSame(
      world.fortnox
        .customers()
        .map(({ Name }) => Name)
        .sort(),
      ['Annan AB', 'Ny AB'],
    );
    t.equal(world.webcrm.organisations().length, 2);
  },
);
