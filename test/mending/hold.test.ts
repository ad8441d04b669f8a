import t from 'tap';
import { holdTenant } from '../../src/mending/hold.ts';
import { open, pairOf } from './support.ts';

t.setTimeout(240_000);

t.test('R73 a held tenant begins no job, keeps what comes, and goes on when released', async (t) => {
  const world = await open(t);
  const hold = { since: world.runtime.now(), why: 'long-stop', count: 700 } as const;
  await holdTenant(world, world.tenantId, hold);
  await holdTenant(world, world.tenantId, { ...hold, count: 800 });
  const said = (await world.lines()).filter(({ reasons }) => reasons.includes('long-stop'));
  t.match(said, [{ action: 'connection', message: /700 records would change.*release/ }]);
  t.equal(said.length, 1);
  const id = world.webcrm.person.createOrganisation({ OrganisationName: 'Lyktan AB', OrganisationType: 'Customer' });
  await world.wait(900_000);
  t.equal(world.fortnox.customers().length, 0);
  const { waiting, running } = await world.store.jobs.counts(world.tenantId);
  t.strictSame([waiting > 0, running], [true, 0]);
  t.equal((await world.call('/release', {})).status, 200);
  await world.quiet();
  t.match(await pairOf(world, id), { state: 'linked' });
  const again = await world.call('/release', {});
  t.match([again.status, again.body.detail], [409, /not held/]);
  t.strictSame(world.violations(), []);
});
