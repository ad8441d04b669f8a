import t from 'tap';
import { DEFAULT_SETTINGS } from '../../schemas/settings.ts';
import { createIdSet } from '../../src/reconcile/id-set.ts';
import { isLeft } from '../../src/reconcile/left.ts';
import { showsPart } from '../../src/reconcile/part.ts';
import { customerMap } from '../../src/sync/customer/map.ts';
import { readSide } from '../../src/sync/fields.ts';
import { open } from './support.ts';

t.setTimeout(240_000);

t.test('B1 a set of ids holds what was put in and nothing else, dense or sparse, numbers or not', async (t) => {
  const ids = createIdSet();
  const dense = Array.from({ length: 3_000 }, (_, n) => String(n * 2));
  const sparse = Array.from({ length: 300 }, (_, n) => String(n * 7_000_003));
  const named = ['007', '7A', 'KUND-1', '-5', '1e3', '99999999999999999999'];
  for (const id of [...dense, ...sparse, ...named]) ids.add(id);
  for (const id of [...dense, ...sparse, ...named]) if (!ids.has(id)) t.fail(`${id} is missing`);
  for (let n = 1; n < 6_000; n += 2) if (ids.has(String(n))) t.fail(`${n} was never put in`);
  for (const id of ['07', '7a', '', '5', '1000.0', '99999999999999999998']) t.equal(ids.has(id), false, id);
  t.equal(ids.size, new Set([...dense, ...sparse, ...named]).size);
});

t.test('B1 a part of a record is compared by the fields that it shows', async (t) => {
  const map = customerMap(DEFAULT_SETTINGS);
  const whole = {
    Name: 'A AB',
    Type: 'COMPANY',
    WWW: 'https://a.example',
    Phone1: '08-1',
    Address1: 'Gatan 1',
    Address2: '',
  };
  const image = readSide(map, 'fortnox', whole);
  t.equal(showsPart(map, 'fortnox', { Name: 'A AB', Phone1: '08-1' }, image), true);
  t.equal(showsPart(map, 'fortnox', { Name: 'A AB', Phone1: '' }, image), false, 'emptied');
  t.equal(showsPart(map, 'fortnox', { Address1: 'Gatan 2' }, image), true, 'a field of two columns needs both');
  t.equal(showsPart(map, 'fortnox', { Address1: 'Gatan 2', Address2: null }, image), false);
});

t.test('R41 a difference that was seen and left is not hinted again', async (t) => {
  t.equal(isLeft({ reason: 'invoice-booked', updatedAt: 10 }, 9), true);
  t.equal(isLeft({ reason: 'invoice-booked', updatedAt: 10 }, 11), false, 'changed since');
  t.equal(isLeft({ reason: 'in-step', updatedAt: 10 }, 9), false);
});

t.test('B1 lists of many pages are read once each, however much they hold', async (t) => {
  const world = await open(t, { customers: 3 });
  for (let n = 0; n < 2_400; n += 1)
    world.webcrm.person.createOrganisation({ OrganisationName: `Annan ${n}`, OrganisationType: 'Supplier' });
  // No poll has a part in it.
  await world.store.cursors.put(world.tenantId, 'poll:webcrm:customer', world.runtime.now() + 3_600_000);
  const before = { ...world.webcrm.counts().byRoute };
  const { counts } = await world.reconcile();
  t.equal((world.webcrm.counts().byRoute['GET /Organisations'] ?? 0) - (before['GET /Organisations'] ?? 0), 3);
  t.match(counts, { hinted: {}, gone: 0 });
  t.ok(counts.compared >= 2_403);
  t.strictSame(world.violations(), []);
});
