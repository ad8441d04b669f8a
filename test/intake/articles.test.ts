import t from 'tap';
import { type Pair, PRIORITY } from '../../schemas/records.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../schemas/settings.ts';
import { createPoller } from '../../src/intake/poller.ts';
import { changeTenant } from '../../src/store/change-tenant.ts';
import type { FortnoxArticleRow } from '../../src/vendors/fortnox/types.ts';
import { openWorld } from '../support/world.ts';
import { createWorld, quiet, START, tenantOf } from './world.ts';

const PERIOD = 360_000;
const settings = (more: Partial<Settings>): Settings => ({ ...DEFAULT_SETTINGS, ...more });

/** A tenant whose articles are polled; `round` polls once and gives back the articles then queued, and the reads. */
async function articleWorld(more: Partial<Settings> = {}) {
  const w = createWorld();
  await w.store.tenants.insert(tenantOf('a', { settings: settings(more) }));
  const poller = createPoller({ ...w, logger: quiet, periodMs: PERIOD });
  async function round() {
    w.calls.length = 0;
    await w.runtime.advance(PERIOD);
    await poller.pollNow('a', 'fortnox', 'article');
    const jobs = await w.store.jobs.claim('a', 'me', w.runtime.now(), 1_000, 5_000);
    for (const job of jobs) await w.store.jobs.complete('a', job.key, 'me', w.runtime.now());
    return {
      queued: jobs.map(({ id }) => id).sort(),
      priorities: [...new Set(jobs.map(({ priority }) => priority))],
      reads: w.calls.map(({ from }) => (from === null ? 'whole' : 'changes')),
    };
  }
  let made = 0;
  async function pair(row: FortnoxArticleRow, more: Partial<Pair> = {}) {
    made += 1;
    const image = { number: row.ArticleNumber, name: 'Skruv', unit: 'st', costPrice: '1.5', listPrice: '10' };
    await w.store.pairs.insert({
      schema: 2,
      id: `pair${made}`,
      tenant: 'a',
      entity: 'article',
      webcrmId: String(made),
      fortnoxKind: 'article',
      fortnoxId: row.ArticleNumber,
      invoiceRef: null,
      customerNumber: null,
      state: 'linked',
      base: { webcrm: {}, fortnox: image },
      rows: null,
      intent: null,
      reason: null,
      candidates: [],
      version: 1,
      createdAt: START,
      updatedAt: START,
      ...more,
    });
  }
  return { ...w, round, pair };
}
const article = (ArticleNumber: string, more: Partial<FortnoxArticleRow> = {}): FortnoxArticleRow => ({
  ArticleNumber,
  Description: 'Skruv',
  Unit: 'st',
  PurchasePrice: '1.50',
  SalesPrice: 10,
  ...more,
});

t.test('A1 R60 articles are followed from the start; a list of one page is read whole each time', async (t) => {
  const w = await articleWorld();
  w.vendor.articles = [[article('1'), article('2'), article('3')]];
  t.same(await w.round(), { queued: ['1', '2', '3'], priorities: [PRIORITY.poll], reads: ['whole'] });
  for (const row of w.vendor.articles.flat()) await w.pair(row);
  t.same(await w.round(), { queued: [], priorities: [], reads: ['changes', 'whole'] });

  w.vendor.articles = [[article('3'), article('2', { SalesPrice: '10.500' }), article('1')]];
  t.same((await w.round()).queued, ['2'], 'a price change raises nothing else');
  t.same((await w.round()).queued, [], 'the same list is compared once');
  w.vendor.articles = [
    [article('1', { SalesPrice: '10.00', PurchasePrice: 1.5 }), article('2', { SalesPrice: '10.5' }), article('3')],
  ];
  t.same((await w.round()).queued, [], 'only how a number is written has changed');
  w.vendor.articles = [[article('1', { Description: null }), article('3', { Unit: 'm' }), article('04')]];
  t.same((await w.round()).queued, ['04', '1', '2', '3'], 'differing, new and gone');
  w.vendor.changedArticles = [article('3')];
  t.same((await w.round()).queued, ['3'], 'such as one that was deactivated, which the list does not show');
  await w.store.close();
});

t.test('A1 many articles wait behind live work; a failure before the hints are stored loses nothing', async (t) => {
  const w = await articleWorld();
  const rows = Array.from({ length: 51 }, (_, i) => article(String(i + 1)));
  w.vendor.articles = [rows];
  let fail = true;
  const { accept } = w.intake;
  w.intake.accept = (hints) => (fail ? Promise.reject(new Error('disk full')) : accept(hints));
  t.same((await w.round()).queued, []);
  fail = false;
  t.match(await w.round(), { queued: { length: 51 }, priorities: [PRIORITY.import], reads: ['whole'] });
  for (const row of rows) await w.pair(row);
  w.vendor.articles = [rows.slice(1)];
  fail = true;
  t.same((await w.round()).queued, []);
  fail = false;
  t.same((await w.round()).queued, ['1'], 'the digest was not stored before');
  await w.store.close();
});

t.test('R60 a first poll that was cut short before its cursor was stored is made anew as a first one', async (t) => {
  const w = await articleWorld();
  w.vendor.articles = [[article('1'), article('2')]];
  const { put } = w.store.cursors;
  const cutShort = (name: string) => name.startsWith('poll:');
  Object.assign(w.store.cursors, {
    put: (...[tenant, name, at]: Parameters<typeof put>) =>
      cutShort(name) ? Promise.reject(new Error('the process ended')) : put(tenant, name, at),
  });
  t.same((await w.round()).queued, ['1', '2']);
  for (const row of w.vendor.articles.flat()) await w.pair(row);
  // Article 1 is deactivated now: no list shows it, and the next poll begins after it.
  Object.assign(w.store.cursors, { put });
  t.same(await w.round(), { queued: ['1', '2'], priorities: [PRIORITY.poll], reads: ['whole'] });
  t.same((await w.round()).queued, []);
  await w.store.close();
});

t.test('R60 a list of several pages is read whole each tenth poll', async (t) => {
  const w = await articleWorld();
  w.vendor.articles = [[article('1')], [article('2')]];
  t.same((await w.round()).queued, ['1', '2']);
  for (const row of w.vendor.articles.flat()) await w.pair(row);
  w.vendor.articles = [[article('1')], [article('2', { SalesPrice: '11' })]];
  w.vendor.changedArticles = [article('9')];
  for (let poll = 1; poll <= 9; poll += 1) t.match(await w.round(), { queued: ['9'], reads: ['changes'] }, `${poll}`);
  t.match(await w.round(), { queued: ['2', '9'], reads: ['changes', 'whole'] });
  await w.store.close();
});

t.test('R60 pairs that are gone are let be; other settings queue all articles once', async (t) => {
  const w = await articleWorld();
  w.vendor.articles = [[article('1'), article('2')]];
  await w.pair(article('1'));
  await w.pair(article('2'), { base: null });
  await w.pair(article('3'), { state: 'gone' });
  await w.pair(article('4'), { base: { webcrm: {}, fortnox: {} } });
  t.same((await w.round()).queued, ['1', '2', '4'], 'the first time counts as other settings');
  w.vendor.articles = [[article('1'), article('2'), article('5')]];
  t.same((await w.round()).queued, ['2', '4', '5']);
  const change = (articles: Partial<Settings['articles']>) =>
    changeTenant(w.store, 'a', (tenant) => ({
      settings: settings({ articles: { ...tenant.settings.articles, ...articles } }),
    }));
  await change({ inactive: 'mark' });
  t.same((await w.round()).queued, ['1', '2', '4', '5']);
  await change({ follow: false });
  t.same((await w.round()).reads, []);
  await w.store.close();
});

t.test('R60 prices of another list than the default one are read with the whole list and compared', async (t) => {
  const w = await articleWorld({ articles: { ...DEFAULT_SETTINGS.articles, priceList: 'B' } });
  w.vendor.articles = [[article('1', { SalesPrice: '5' }), article('2')]];
  w.vendor.prices = { B: { 1: '10' }, C: { 2: '10' } };
  t.same((await w.round()).queued, ['1', '2']);
  await w.pair(article('1'));
  const unpriced = { number: '2', name: 'Skruv', unit: 'st', costPrice: '1.5', listPrice: null };
  await w.pair(article('2'), { base: { webcrm: {}, fortnox: unpriced } });
  w.vendor.articles = [[article('1', { SalesPrice: '6' }), article('2')]];
  t.same((await w.round()).queued, [], 'the prices of the default list are not looked at');
  w.vendor.prices = { B: { 1: '11' } };
  t.same((await w.round()).queued, ['1']);
  w.vendor.prices = { B: { 1: '10', 2: '4' } };
  t.same((await w.round()).queued, ['2'], 'a price that is new');
  await changeTenant(w.store, 'a', () => ({ settings: settings({}) }));
  w.vendor.priceLists = [
    { code: 'A', preselected: false },
    { code: 'C', preselected: true },
  ];
  w.vendor.prices = { C: { 1: '10' } };
  t.same((await w.round()).queued, ['1', '2'], 'other settings');
  w.vendor.prices = { C: { 1: '12' } };
  t.same((await w.round()).queued, ['1'], 'the preselected list');
  w.vendor.priceLists = [{ code: 'A', preselected: true }];
  t.same((await w.round()).queued, ['1', '2'], 'another list is preselected now');
  w.vendor.priceLists = [];
  t.same((await w.round()).queued, ['1', '2'], 'none');
  await w.store.close();
});

t.test('R60 a price of list B raises nothing in Fortnox and is followed', async (t) => {
  const world = await openWorld({ settings: { articles: { ...DEFAULT_SETTINGS.articles, priceList: 'B' } } });
  t.teardown(() => world.close());
  const { person } = world.fortnox;
  person.createArticle({ ArticleNumber: 'A1', Description: 'Lampa' });
  person.setPrice('A1', 10);
  person.setPrice('A1', 7.5, 'B');
  await world.quiet();
  const shown = () => world.webcrm.items().map((item) => item.QuotationLineLinkedDataItemPrice);
  t.same(shown(), [7.5]);
  person.setPrice('A1', 8, 'B');
  await world.quiet();
  t.same(shown(), [7.5], 'nothing tells of it');
  await world.wait(PERIOD + 60_000);
  await world.quiet();
  t.same(shown(), [8]);
  t.same(world.violations(), []);
  t.same(world.faults, []);
});
