import t, { type Test } from 'tap';
import { type Job, jobKey, type Pair, PRIORITY, type Side } from '../../schemas/records.ts';
import { type ArticleSettings, DEFAULT_SETTINGS, type DocumentSettings } from '../../schemas/settings.ts';
import { createKeyLocks } from '../../src/queue/key-locks.ts';
import { createFortnoxSandbox } from '../../src/sandbox/fortnox/index.ts';
import { createWebcrmSandbox, type WebcrmSwitches } from '../../src/sandbox/webcrm/index.ts';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import { withItem } from '../../src/sync/article/item-link.ts';
import { createRegisterIndex } from '../../src/sync/article/register-index.ts';
import { createCalendars } from '../../src/sync/calendar.ts';
import type { JobContext } from '../../src/sync/context.ts';
import { createExecutor } from '../../src/sync/executor.ts';
import { createConnections } from '../../src/vendors/connections.ts';
import { createNetwork } from '../histories/network.ts';
import { tenantOf } from '../intake/world.ts';
import { plainVault } from '../support/plain-vault.ts';
import { beforePut } from '../support/race.ts';
import { FORTNOX_URL, VENDORS, WEBCRM_URL } from '../support/service-options.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';

const LIST = '/QuotationLines/LinkedData';
const MINUTE = 60_000;
const ITEM = 'QuotationLineLinkedDataItem';
const data = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [ITEM + name, value]));

interface Given {
  articles?: Partial<ArticleSettings>;
  items?: DocumentSettings['items'];
  switches?: Partial<WebcrmSwitches>;
}

/** The executor of one tenant with both stand-ins; jobs are run by hand. */
async function open(t: Test, given: Given = {}) {
  const runtime = createVirtualRuntime({ seed: 1, start: Date.UTC(2026, 0, 5, 8) });
  const vendor = { now: runtime.now, random: runtime.random, notify: () => {} };
  const webcrm = createWebcrmSandbox({ ...vendor, switches: given.switches ?? {} });
  const fortnox = createFortnoxSandbox(vendor);
  const delay = () => new Promise<void>((resolve) => void runtime.setTimer(20, resolve));
  runtime.fetch = createNetwork({ [WEBCRM_URL]: webcrm, [FORTNOX_URL]: fortnox }, delay);
  const store = createInlineStore();
  const connections = createConnections({
    runtime,
    vault: plainVault(),
    config: VENDORS,
  });
  const hinted: string[] = [];
  const locks = createKeyLocks();
  const execute = createExecutor({
    runtime,
    store,
    locks,
    connection: connections.of,
    hint: async (hints) => void hinted.push(...hints.map(jobKey)),
    activityKeptMs: 1e9,
    calendar: createCalendars(),
    register: createRegisterIndex({ runtime }),
    isErased: async () => false,
    worksIn: () => 'here',
  });
  t.teardown(async () => {
    connections.close();
    await store.close();
  });

  const drive = <T>(promise: Promise<T>): Promise<T> => runtime.drive(promise, 10 * MINUTE);
  async function set(articles: Partial<ArticleSettings>, items = given.items ?? DEFAULT_SETTINGS.documents.items) {
    const now = await store.tenants.get('t1');
    const settings = {
      ...DEFAULT_SETTINGS,
      articles: { ...DEFAULT_SETTINGS.articles, ...articles },
      documents: { ...DEFAULT_SETTINGS.documents, items },
    };
    if (now === null) await store.tenants.insert(tenantOf('t1', { settings }));
    else await store.tenants.replace({ ...now, settings });
  }
  await set(given.articles ?? {});
  const code = fortnox.issueCode();
  await drive(
    connections.connectFortnox('t1', {
      grant: 'authorization_code',
      code,
      redirectUri: 'https://sync.invalid/oauth/fortnox',
    }),
  );
  await drive(connections.connectWebcrm('t1', webcrm.applicationToken));

  async function start(id: string, side: Side = 'fortnox') {
    const tenant = await store.tenants.get('t1');
    if (tenant === null) throw new Error('no tenant');
    const job: Job = {
      tenant: 't1',
      entity: 'article',
      side,
      id,
      key: jobKey({ entity: 'article', side, id }),
      priority: PRIORITY.poll,
      state: 'running',
      attempts: 0,
      runAt: runtime.now(),
      createdAt: runtime.now(),
      importId: null,
      full: false,
      again: false,
      leaseOwner: 'me',
      leaseUntil: runtime.now() + MINUTE,
      lastError: null,
    };
    return execute(tenant, job);
  }
  const lines = async () => (await store.activity.list('t1', { limit: 200 })).items;
  /** Does something as a delivery's job would whose line is to be linked to the article's item. */
  async function linking<T>(number: string, work: (item: string | null) => Promise<T>): Promise<T> {
    const tenant = await store.tenants.get('t1');
    return withItem({ store, locks, tenant } as unknown as JobContext, number, work);
  }
  return {
    runtime,
    webcrm,
    fortnox,
    store,
    hinted,
    linking,
    set,
    drive,
    start,
    run: (id: string, side?: Side) => drive(start(id, side)),
    lines,
    reasons: async () => (await lines()).flatMap((line) => line.reasons).reverse(),
    pair: (id = '1'): Promise<Pair | null> => store.pairs.bySide('t1', 'article', 'fortnox', id),
    calls: (route: string) => webcrm.counts().byRoute[route] ?? 0,
    violations: () => [...webcrm.violations, ...fortnox.violations],
  };
}
type World = Awaited<ReturnType<typeof open>>;

function article(world: World, fields: Record<string, unknown> = {}, price: number | null = 120.5): string {
  const number = world.fortnox.person.createArticle({
    Description: 'Stol',
    Unit: 'st',
    PurchasePrice: 40,
    ...fields,
  });
  if (price !== null) world.fortnox.person.setPrice(number, price);
  return number;
}
const itemId = (item: Record<string, unknown> | undefined): number => Number(item?.[`${ITEM}Id`]);
const first = (world: World) => world.webcrm.items()[0] as unknown as Record<string, unknown>;

t.test('A1 A2 R22 an article becomes an item once; its echo stores, logs and writes nothing', async (t) => {
  for (const postAnswer of ['id', 'object', 'empty'] as const) {
    const world = await open(t, { switches: { postAnswer } });
    const number = article(world);
    await world.run(number);
    t.match(
      first(world),
      data({ Data1: '1', Data2: 'Stol', Data3: 'st', Data4: '-', Data9: '-', Price: 120.5, CostPrice: 40 }),
    );
    const pair = await world.pair();
    const image = { number: '1', name: 'Stol', unit: 'st', costPrice: '40', listPrice: '120.5' };
    t.match(pair, { entity: 'article', fortnoxKind: 'article', state: 'linked', intent: null });
    t.equal(pair?.webcrmId, String(itemId(first(world))));
    t.strictSame(pair?.base, { webcrm: image, fortnox: image });
    t.strictSame(await world.reasons(), ['created-in-webcrm']);
    await world.run(number);
    await world.run(number);
    t.equal((await world.pair())?.version, pair?.version, 'no store write');
    t.equal((await world.lines()).length, 1);
    t.equal(world.webcrm.itemWrites.length, 1);
    t.strictSame(world.violations(), []);
  }
});

t.test(
  'R60 a change and a new price follow; what a person added to the item stays; no list price is not 0',
  async (t) => {
    const world = await open(t);
    const number = article(world, {}, null);
    await world.run(number);
    t.equal((await world.pair())?.base?.fortnox.listPrice, null);
    t.equal(world.webcrm.itemWrites[0]?.fields[`${ITEM}Price`], undefined, 'no price was sent');
    const id = itemId(first(world));
    world.webcrm.person.editItem(id, data({ Price: 9, Data5: 'hylla 3', ItemGroup: 'Möbler', DataMemo: 'Bra' }));
    world.fortnox.person.editArticle(number, { Description: 'Pall', PurchasePrice: 41.25 });
    await world.run(number);
    t.match(first(world), data({ Data2: 'Pall', CostPrice: 41.25, Price: 9, Data5: 'hylla 3', ItemGroup: 'Möbler' }));
    t.strictSame(Object.keys(world.webcrm.itemWrites[1]?.fields ?? {}).sort(), [
      `${ITEM}CostPrice`,
      `${ITEM}Data2`,
      `${ITEM}Id`,
    ]);
    t.equal((await world.store.tenants.get('t1'))?.partialPut.item, 'proven', 'R3');
    world.fortnox.person.setPrice(number, 99.9);
    await world.run(number);
    t.match(first(world), data({ Price: 99.9, DataMemo: 'Bra' }));
    world.fortnox.person.setPrice(number, 0);
    await world.run(number);
    t.match(first(world), data({ Price: 0 }), 'a price of 0 is one');
    const { version } = (await world.pair()) ?? {};
    await world.run(number);
    t.equal((await world.pair())?.version, version);
    t.strictSame(world.violations(), []);
  },
);

t.test('R60 the price of the list that the settings name; price lists are read once in ten minutes', async (t) => {
  const world = await open(t);
  const numbers = [article(world), article(world), article(world)];
  for (const number of numbers) {
    world.fortnox.person.setPrice(number, 80, 'B');
    await world.run(number);
  }
  const lists = () => world.fortnox.counts().byRoute['GET /3/pricelists'];
  t.equal(lists(), 1);
  await world.runtime.advance(11 * MINUTE);
  await world.run('1');
  t.equal(lists(), 2);
  await world.set({ priceList: 'B' });
  await world.run('1');
  t.match(first(world), data({ Price: 80 }));
});

t.test('R60 put-back: an edit by hand is put back and the lost value is in the log', async (t) => {
  const world = await open(t);
  await world.run(article(world));
  world.webcrm.person.editItem(itemId(first(world)), data({ Data1: '77', Data2: 'Min stol', Price: 1, Data3: '-' }));
  await world.run('1');
  t.match(first(world), data({ Data1: '1', Data2: 'Stol', Price: 120.5, Data3: 'st' }));
  const lost = (await world.lines()).flatMap((line) => line.lost);
  t.match(lost, [
    { side: 'webcrm', field: 'number', before: '77', after: '1' },
    { side: 'webcrm', field: 'name', before: 'Min stol', after: 'Stol' },
    { side: 'webcrm', field: 'listPrice', before: '1', after: '120.5' },
  ]);
  t.ok((await world.reasons()).includes('item-put-back'));
  world.webcrm.person.editItem(itemId(first(world)), data({ Data3: '-' }));
  await world.run('1');
  t.match(first(world), data({ Data3: 'st' }), 'also what was emptied');
  t.equal((await world.lines())[0]?.reasons[0], 'item-put-back');
});

t.test(
  "R60 keep: an edit by hand stays until Fortnox's own value changes; the number is Fortnox's all the same",
  async (t) => {
    const world = await open(t, { articles: { edits: 'keep' } });
    await world.run(article(world));
    world.webcrm.person.editItem(itemId(first(world)), data({ Data1: '77', Data2: 'Min stol', Price: 1 }));
    await world.run('1');
    t.match(first(world), data({ Data1: '1', Data2: 'Min stol', Price: 1 }));
    world.fortnox.person.editArticle('1', { PurchasePrice: 45 });
    await world.run('1');
    t.match(first(world), data({ Data2: 'Min stol', Price: 1, CostPrice: 45 }));
    world.fortnox.person.editArticle('1', { Description: 'Pall' });
    await world.run('1');
    t.match(first(world), data({ Data2: 'Pall', Price: 1 }));
    t.match((await world.lines()).flatMap((line) => line.lost).at(0), {
      field: 'name',
      before: 'Min stol',
      after: 'Pall',
    });
  },
);

t.test('R60 the settings say which field holds what; a unit without a field is not kept but compared', async (t) => {
  const world = await open(t, { items: { number: 4, name: 1, unit: null } });
  await world.run(article(world));
  t.match(first(world), data({ Data4: '1', Data1: 'Stol', Data2: '-', Data3: '-' }));
  t.equal((await world.pair())?.base?.fortnox.unit, 'st');
  await world.set({}, { number: 2, name: 1, unit: 3 });
  await world.run('1');
  t.match(first(world), data({ Data2: '1', Data1: 'Stol', Data3: 'st' }));
});

t.test('R60 inactive: kept with its reason told once, and never created', async (t) => {
  const world = await open(t);
  await world.run(article(world));
  world.fortnox.person.editArticle('1', { Active: false });
  await world.run('1');
  await world.run('1');
  t.match(first(world), data({ Data2: 'Stol' }));
  t.match(await world.pair(), { state: 'linked', reason: 'article-inactive' });
  t.strictSame(await world.reasons(), ['created-in-webcrm', 'article-inactive']);
  world.fortnox.person.editArticle('1', { Active: true });
  await world.run('1');
  t.match(await world.pair(), { state: 'linked', reason: 'in-step' });

  article(world, { ArticleNumber: 'X', Active: false });
  await world.run('X');
  await world.run('X');
  await world.run('never-was');
  t.equal(world.webcrm.items().length, 1);
  t.equal((await world.lines()).filter(({ fortnoxId }) => fortnoxId === 'X').length, 1);

  world.fortnox.person.deleteArticle('1');
  await world.run('1');
  await world.run('1');
  t.match(await world.pair(), { state: 'gone', reason: 'article-inactive', webcrmId: String(itemId(first(world))) });
  t.equal(world.webcrm.items().length, 1);
  article(world, { ArticleNumber: '1', Description: 'Ny stol' });
  await world.run('1');
  t.match(await world.pair(), { state: 'linked' });
  t.match(world.webcrm.items(), [data({ Data2: 'Ny stol' })]);
  t.strictSame(world.violations(), []);
});

t.test('R60 inactive: marked once, by either way of edits; unmarked when active again', async (t) => {
  for (const edits of ['put-back', 'keep'] as const) {
    const world = await open(t, { articles: { inactive: 'mark', edits } });
    await world.run(article(world));
    if (edits === 'keep') world.webcrm.person.editItem(itemId(first(world)), data({ Data2: 'Min stol' }));
    const name = edits === 'keep' ? 'Min stol' : 'Stol';
    world.fortnox.person.editArticle('1', { Active: false });
    await world.run('1');
    t.match(first(world), data({ Data2: `(inactive) ${name}` }));
    const writes = world.webcrm.itemWrites.length;
    const { version } = (await world.pair()) ?? {};
    await world.run('1');
    t.equal(world.webcrm.itemWrites.length, writes);
    t.equal((await world.pair())?.version, version);
    world.fortnox.person.editArticle('1', { Description: 'Pall' });
    await world.run('1');
    t.match(first(world), data({ Data2: '(inactive) Pall' }));
    world.fortnox.person.editArticle('1', { Active: true });
    await world.run('1');
    t.match(first(world), data({ Data2: 'Pall' }));
    world.fortnox.person.deleteArticle('1');
    await world.run('1');
    t.match(first(world), data({ Data2: '(inactive) Pall' }), 'a deleted one, too');
    t.match(await world.pair(), { state: 'gone' });
    t.strictSame(world.violations(), []);
  }
});

t.test('R60 R5 inactive: removed by its id alone; active again it is made anew', async (t) => {
  const world = await open(t, { articles: { inactive: 'remove' } });
  await world.run(article(world));
  await world.run(article(world, { Description: 'Bord' }));
  world.webcrm.person.editItem(itemId(first(world)), data({ DataMemo: 'Bra' }));
  world.fortnox.person.editArticle('1', { Active: false });
  await world.run('1');
  await world.run('1');
  t.match(world.webcrm.items(), [data({ Data1: '2' })]);
  t.match(await world.pair(), { state: 'gone', webcrmId: null, base: { fortnox: { name: 'Stol', unit: 'st' } } });
  t.match(
    (await world.lines()).flatMap(({ lost }) => lost),
    [{ field: `${ITEM}DataMemo`, before: 'Bra' }],
  );
  t.equal((await world.lines()).filter(({ reasons }) => reasons.includes('article-inactive')).length, 2);
  world.fortnox.person.editArticle('1', { Active: true });
  await world.run('1');
  t.match(world.webcrm.items(), [data({ Data1: '2' }), data({ Data1: '1', Data2: 'Stol' })]);
  t.match(await world.pair(), { state: 'linked', reason: 'created-in-webcrm' });
  t.equal(world.calls(`GET ${LIST}`), 1, 'the register was read for the first article alone');
  t.strictSame(world.violations(), []);
});

t.test(
  'R60 no line is linked to an item that is being removed, nor is one removed that a line is being linked to',
  async (t) => {
    const world = await open(t, { articles: { inactive: 'remove' } });
    const number = article(world);
    await world.run(number);
    const id = String(itemId(first(world)));
    world.fortnox.person.editArticle(number, { Active: false });
    await world.linking(number, async (item) => {
      t.equal(item, id);
      await world.linking(number, async (other) => t.equal(other, id, 'a line of another delivery'));
      t.match(await world.run(number), { kind: 'later' });
      t.equal(world.webcrm.items().length, 1);
    });
    world.webcrm.failNext({ method: 'DELETE', path: `${LIST}/{id}`, status: 0, times: 1, applied: true });
    const removing = world.start(number);
    let meanwhile: string | null = id;
    removing.catch(() => {});
    for (let ms = 0; ms < 1_000 && world.calls(`DELETE ${LIST}/{id}`) === 0; ms += 5) await world.runtime.advance(5);
    await world.linking(number, async (item) => {
      meanwhile = item;
    });
    t.equal(meanwhile, null, 'while it is being removed');
    await t.rejects(world.drive(removing));
    t.match(await world.pair(), { state: 'gone', webcrmId: id });
    await world.linking(number, async (item) => t.equal(item, null, 'when nobody knows whether it was'));
    await world.run(number);
    t.match(await world.pair(), { state: 'gone', webcrmId: null });
    t.strictSame(world.violations(), []);
  },
);

t.test('R60 an item deleted by hand is made anew, but not for an inactive article', async (t) => {
  const world = await open(t);
  await world.run(article(world));
  world.webcrm.person.deleteItem(itemId(first(world)));
  await world.run('1');
  t.match(world.webcrm.items(), [data({ Data1: '1', Data2: 'Stol' })]);
  t.strictSame(await world.reasons(), ['created-in-webcrm', 'gone-in-webcrm', 'created-in-webcrm']);
  world.webcrm.person.deleteItem(itemId(first(world)));
  world.fortnox.person.editArticle('1', { Active: false });
  await world.run('1');
  t.equal(world.webcrm.items().length, 0);
  t.match(await world.pair(), { state: 'gone', webcrmId: null });
});

t.test('R22 an answer lost on the way: the item is found by a fresh read of the register', async (t) => {
  const world = await open(t);
  world.webcrm.failNext({ method: 'POST', path: LIST, status: 0, times: 1, applied: true });
  const number = article(world);
  await t.rejects(world.run(number), { code: 'vendor-unreachable' });
  t.match(await world.pair(), { state: 'creating', intent: { side: 'webcrm', key: '1' } });
  await world.run(number);
  t.equal(world.webcrm.items().length, 1);
  t.match(await world.pair(), { state: 'linked', reason: 'recovered', intent: null });
  t.equal(world.calls(`GET ${LIST}`), 2);
  t.strictSame(await world.reasons(), ['recovered']);

  world.webcrm.failNext({ method: 'POST', path: LIST, status: 500, times: 1, applied: false });
  const other = article(world, { Description: 'Bord' });
  await t.rejects(world.run(other));
  await world.run(other);
  t.equal(world.webcrm.items().length, 2, 'one that was not taken is sent again');

  world.webcrm.failNext({ method: 'POST', path: LIST, status: 0, times: 1, applied: true });
  const third = article(world, { Description: 'Säng' });
  await t.rejects(world.run(third));
  world.fortnox.person.deleteArticle(third);
  await world.set({ inactive: 'remove' });
  await world.run(third);
  t.equal(world.webcrm.items().length, 2, 'the item of an article that was deleted meanwhile is found and removed');
  t.match(await world.pair(third), { state: 'gone', intent: null, webcrmId: null });
  t.strictSame(world.violations(), []);
});

t.test(
  'R20 an item that bears the number is linked and takes what Fortnox says; several are for a person',
  async (t) => {
    const world = await open(t);
    const make = (fields: Record<string, unknown>) =>
      world.webcrm.person.createItem(data({ EntityType: 'Product', ...fields }));
    const id = make({ Data1: 'A1', Data2: 'Gammalt namn', Price: 5 });
    const twins = [make({ Data1: 'B1', Data2: 'ett' }), make({ Data1: 'B1', Data2: 'två' })];
    article(world, { ArticleNumber: 'A1' });
    await world.run('A1');
    t.match(world.webcrm.item(id), data({ Data2: 'Stol', Price: 120.5, CostPrice: 40 }));
    t.match(await world.pair('A1'), { state: 'linked', webcrmId: String(id), reason: 'first-link-overwrote' });
    t.ok((await world.lines()).flatMap(({ lost }) => lost).some(({ before }) => before === 'Gammalt namn'));

    article(world, { ArticleNumber: 'B1' });
    await world.run('B1');
    await world.run('B1');
    t.match(await world.pair('B1'), { state: 'conflict', reason: 'match-ambiguous', candidates: twins.map(String) });
    t.equal((await world.reasons()).filter((reason) => reason === 'match-ambiguous').length, 1);
    t.equal(world.webcrm.items().length, 3);
    world.webcrm.person.deleteItem(twins[0] as number);
    await world.run('B1');
    t.match(await world.pair('B1'), { state: 'linked', webcrmId: String(twins[1]), candidates: [] });
    t.equal(world.calls(`GET ${LIST}`), 1);
  },
);

t.test('R60 twins that are found when a gone pair begins anew', async (t) => {
  const world = await open(t);
  await world.run(article(world));
  world.webcrm.person.deleteItem(itemId(first(world)));
  for (const name of ['ett', 'två'])
    world.webcrm.person.createItem(data({ EntityType: 'Product', Data1: '1', Data2: name }));
  await world.runtime.advance(11 * MINUTE);
  await world.run('1');
  t.match(await world.pair(), { state: 'conflict', webcrmId: null, reason: 'match-ambiguous' });
  world.fortnox.person.deleteArticle('1');
  await world.run('1');
  t.match(await world.pair(), { state: 'gone', reason: 'article-inactive' });
  t.equal(world.webcrm.items().length, 2);
});

t.test(
  'R60 the register is read once for jobs that ask at once, again after ten minutes, and not for known pairs',
  async (t) => {
    const world = await open(t);
    const numbers = Array.from({ length: 8 }, () => article(world));
    await world.drive(Promise.all(numbers.map((number) => world.start(number))));
    t.equal(world.webcrm.items().length, 8);
    t.equal(world.calls(`GET ${LIST}`), 1);
    await world.runtime.advance(11 * MINUTE);
    for (const number of numbers) await world.run(number);
    t.equal(world.calls(`GET ${LIST}`), 1);
    await world.run(article(world));
    t.equal(world.calls(`GET ${LIST}`), 2);
  },
);

t.test('R60 articles that are not followed are refused, told once, with and without a pair', async (t) => {
  const world = await open(t, { articles: { follow: false } });
  const number = article(world);
  await world.run(number);
  await world.run(number);
  t.strictSame(await world.reasons(), ['articles-not-followed']);
  t.equal(world.webcrm.items().length, 0);
  await world.set({ follow: true });
  await world.run(number);
  await world.set({ follow: false });
  world.fortnox.person.editArticle(number, { Description: 'Pall' });
  await world.run(number);
  await world.run(number);
  t.match(first(world), data({ Data2: 'Stol' }));
  t.strictSame(await world.reasons(), ['articles-not-followed', 'created-in-webcrm', 'articles-not-followed']);
});

t.test('R3 webCRM empties what is not sent: it is restored, and items are written no more', async (t) => {
  const world = await open(t);
  await world.run(article(world));
  world.webcrm.person.editItem(itemId(first(world)), data({ DataMemo: 'Bra' }));
  Object.assign(world.webcrm.switches, { partialPut: 'clears' });
  world.fortnox.person.editArticle('1', { Description: 'Pall' });
  await t.rejects(world.run('1'), { code: 'partial-put-unsafe' });
  t.match(first(world), data({ DataMemo: 'Bra', Data2: 'Pall', Data1: '1' }));
  t.equal((await world.store.tenants.get('t1'))?.partialPut.item, 'broken');
});

t.test('R4 R60 an item deleted between our read and our write is planned anew', async (t) => {
  for (const missingAnswer of ['404', '204'] as const) {
    const world = await open(t, { switches: { missingAnswer } });
    await world.run(article(world));
    const raced = beforePut(world.runtime, LIST, () => world.webcrm.person.deleteItem(itemId(first(world))));
    world.fortnox.person.editArticle('1', { Description: 'Pall' });
    t.match(await world.run('1'), { kind: 'later' }, missingAnswer);
    t.ok(raced());
    await world.run('1');
    t.match(world.webcrm.items(), [data({ Data1: '1', Data2: 'Pall' })]);
    t.ok((await world.reasons()).includes('lost-race'));
  }
});

t.test('R22 R60 an update or a delete whose answer was lost is not repeated', async (t) => {
  for (const missingAnswer of ['404', '204'] as const) {
    const world = await open(t, { articles: { inactive: 'remove' }, switches: { missingAnswer } });
    await world.run(article(world));
    world.webcrm.failNext({ method: 'PUT', path: `${LIST}/{id}`, status: 0, times: 1, applied: true });
    world.fortnox.person.editArticle('1', { Description: 'Pall' });
    await t.rejects(world.run('1'), { code: 'vendor-unreachable' });
    await world.run('1');
    t.equal(world.calls(`PUT ${LIST}/{id}`), 1);
    t.match(await world.pair(), { state: 'linked', base: { webcrm: { name: 'Pall' }, fortnox: { name: 'Pall' } } });
    world.webcrm.failNext({ method: 'DELETE', path: `${LIST}/{id}`, status: 0, times: 1, applied: true });
    world.fortnox.person.deleteArticle('1');
    await t.rejects(world.run('1'), { code: 'vendor-unreachable' });
    await world.run('1');
    t.equal(world.calls(`DELETE ${LIST}/{id}`), 1);
    t.equal(world.calls(`DELETE ${LIST}`), 0, 'R5');
    t.match(await world.pair(), { state: 'gone', webcrmId: null, reason: 'article-inactive' });
    t.strictSame(world.violations(), []);
  }
});

t.test('R60 a job that is asked for by an item hands over to its article; a detached pair is left alone', async (t) => {
  const world = await open(t);
  await world.run(article(world));
  await world.run(String(itemId(first(world))), 'webcrm');
  const own = world.webcrm.person.createItem(data({ EntityType: 'Product', Data1: 'EGEN-1', Data2: 'Egen' }));
  await world.run(String(own), 'webcrm');
  t.strictSame(world.hinted, ['article:fortnox:1', 'article:fortnox:EGEN-1']);
  const pair = (await world.pair()) as Pair;
  await world.store.pairs.replace({ ...pair, state: 'detached', reason: 'detached' });
  world.fortnox.person.editArticle('1', { Description: 'Pall' });
  await world.run('1');
  t.match(first(world), data({ Data2: 'Stol' }));
});

t.test('R60 what is known of registers: fresh reads, failures and forgetting', async (t) => {
  let now = 0;
  const index = createRegisterIndex({ runtime: { now: () => now } });
  const where = { column: `${ITEM}Data1`, number: 'A' };
  let reads = 0;
  const rows: { QuotationLineLinkedDataItemId: number }[] = [];
  const read = async () => {
    reads += 1;
    const shown = [...rows];
    await new Promise<void>((resolve) => setImmediate(resolve));
    return shown;
  };
  const running = index.find('t1', where, read);
  await Promise.resolve();
  rows.push({ QuotationLineLinkedDataItemId: 7, ...data({ Data1: ' A ' }) });
  index.add('t1', where, '9');
  const fresh = Promise.all([index.find('t1', where, read, true), index.find('t1', where, read, true)]);
  t.strictSame(await running, ['9'], 'what was added while the register was read is not lost');
  t.strictSame(await fresh, [['7'], ['7']], 'a fresh read begins after the question');
  t.equal(reads, 2);
  await t.rejects(
    index.find('t2', where, () => Promise.reject(new Error('down'))),
    /down/,
  );
  t.strictSame(await index.find('t2', where, read), ['7'], 'a failure is not kept');
  now += 9 * MINUTE;
  await index.find('t1', where, read);
  t.equal(reads, 3);
  t.strictSame(await index.find('t1', { column: `${ITEM}Data2`, number: 'A' }, read), [], 'another field is read anew');
  now += 2 * MINUTE;
  await index.find('t1', where, read);
  t.equal(reads, 5);
});
