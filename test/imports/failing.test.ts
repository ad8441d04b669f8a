import t from 'tap';
import { DEFAULT_SETTINGS } from '../../schemas/settings.ts';
import { FIELDS, line } from '../support/world.ts';
import { customer, openImports, organisation } from './support.ts';

t.setTimeout(240_000);

const HOUR = 3_600_000;

/** Customers that only Fortnox has, and a delivery of an organisation that is in step. */
async function open(t: { teardown(fn: () => Promise<void>): void }, many: number) {
  const numbers: string[] = [];
  const world = await openImports({
    settings: { documents: { ...DEFAULT_SETTINGS.documents, fields: FIELDS } },
    seed({ fortnox, webcrm }) {
      fortnox.person.createArticle({ ArticleNumber: 'A1', Description: 'Lampa', Unit: 'st', VAT: 25 });
      for (let n = 0; n < many; n++) numbers.push(String(fortnox.person.createCustomer(customer(n))));
      const owner = webcrm.person.createOrganisation(organisation(5000));
      const delivery = webcrm.person.createDelivery({
        DeliveryOrganisationId: owner,
        DeliveryStatus: 'OnGoing',
        DeliveryOrderDate: '2026-01-15T09:00:00+01:00',
      });
      webcrm.person.createLine(delivery, line('A1', 'Lampa', 2, 100));
    },
  });
  t.teardown(() => world.close());
  const failing = new Set<string>();
  const { fetch } = world.runtime;
  world.runtime.fetch = (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : String(input));
    const id = pathname.match(/\/customers\/([^/]+)$/)?.[1];
    return id !== undefined && failing.has(id)
      ? Promise.resolve(new Response('{}', { status: 500 }))
      : fetch(input, init);
  };
  return { world, numbers, failing };
}
const WANTED = { kinds: ['customer', 'order', 'delivery'], from: '2026-01-01' } as const;

t.test(
  'B3 B4 a few records that a vendor keeps failing hold neither the documents of an import nor its end',
  async (t) => {
    const { world, numbers, failing } = await open(t, 20);
    for (const number of [numbers[3], numbers[4]]) failing.add(number ?? '');
    const { id } = await world.begin(WANTED);
    const ms = await world.until(id, ['done'], 3 * HOUR);
    t.ok(ms < 10 * 60_000, `${ms / 1000} s`);
    t.match(
      await world.progress(id),
      { state: 'done', total: 22, done: 22, dead: 0, failing: 2 },
      'it says what is still tried',
    );
    t.equal(world.fortnox.orders().length, 1);
    t.equal(world.webcrm.organisations().length, 19);
    const other = await world.begin({ kinds: ['article'] });
    await world.until(other.id, ['done']);

    failing.clear();
    await world.runtime.advance(2 * HOUR);
    t.equal(world.webcrm.organisations().length, 21, 'and they come when the vendor gives them');
    t.match(await world.progress(id), { failing: 0, dead: 0 });
    t.strictSame(world.violations(), []);
  },
);

t.test('B3 a vendor that is down holds an import: what comes next would fail as well', async (t) => {
  const { world, numbers, failing } = await open(t, 300);
  for (const number of numbers) failing.add(number);
  const { id } = await world.begin(WANTED);
  await world.runtime.advance(HOUR / 2);
  const { state, queued, failing: failed } = await world.progress(id);
  t.match({ state, queued }, { state: 'running', queued: 201 }, 'no second page is queued');
  t.ok(failed > 150, `${failed} fail`);
  t.equal(world.fortnox.orders().length, 0);
  failing.clear();
  await world.until(id, ['done'], 3 * HOUR);
  await world.runtime.advance(HOUR);
  t.equal(world.webcrm.organisations().length, 301);
  t.equal(world.fortnox.orders().length, 1);
  t.match(await world.progress(id), { failing: 0, dead: 0 });
});
