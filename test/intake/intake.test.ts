import fc from 'fast-check';
import t from 'tap';
import { type Hint, PRIORITY, type Tenant } from '../../schemas/records.ts';
import { DEFAULT_SETTINGS } from '../../schemas/settings.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import { createCustomerImport } from '../../src/intake/customer-import.ts';
import { parseFortnoxEvent } from '../../src/intake/fortnox-event.ts';
import { createIntake } from '../../src/intake/intake.ts';
import { OVERLAP_MS, pollStart } from '../../src/intake/overlap.ts';
import { createPoller, pollCursor, pollPhase } from '../../src/intake/poller.ts';
import { signWebhook, verifyWebhook } from '../../src/intake/standard-webhooks.ts';
import { parseWebcrmHook } from '../../src/intake/webcrm-hook.ts';
import { createInlineStore } from '../../src/store/embedded/embedded-store.ts';
import type { TenantConnection } from '../../src/vendors/connections-types.ts';
import { stockholmTime } from '../../src/vendors/fortnox/stockholm-time.ts';
import type { FortnoxCustomerRow } from '../../src/vendors/fortnox/types.ts';
import type { WebcrmOrganisation } from '../../src/vendors/webcrm/types.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';

const START = Date.UTC(2026, 0, 5, 8);
const HOUR = 3_600_000;
const PERIOD = 360_000;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const tenantOf = (id: string, state: Tenant['state'] = 'connected'): Tenant => ({
  schema: 1,
  id,
  name: id,
  state,
  pausedReason: null,
  settings: DEFAULT_SETTINGS,
  hookToken: `hook-${id}`,
  fortnoxDatabaseNumber: null,
  partialPut: { organisation: 'unknown' },
  webcrmHookIds: [],
  version: 1,
  createdAt: START,
  updatedAt: START,
});
const hint = (id: string, tenant = 'a'): Hint => ({
  tenant,
  entity: 'customer',
  side: 'webcrm',
  id,
  priority: PRIORITY.notification,
});

interface Call {
  readonly tenant: string;
  readonly side: 'webcrm' | 'fortnox';
  readonly from: number | null;
  readonly at: number;
}

/** Both vendors' lists, by tenant; every other method is absent, so that a use of it fails loudly. */
async function world() {
  const runtime = createVirtualRuntime({ seed: 3, start: START });
  const store = createInlineStore();
  const wakes: string[] = [];
  const intake = createIntake({ runtime, store, wake: (tenant) => wakes.push(tenant) });
  const calls: Call[] = [];
  const vendor = {
    webcrm: [] as WebcrmOrganisation[][],
    fortnox: [] as FortnoxCustomerRow[][],
    clockAhead: 0,
    before: async (_call: Call, _page: number): Promise<void> => {},
  };
  async function list<T>(call: Call, pages: T[][], onPage: (rows: T[]) => Promise<void>) {
    calls.push(call);
    const serverDate = runtime.now() + vendor.clockAhead;
    await vendor.before(call, -1);
    for (const [index, rows] of pages.entries()) {
      await vendor.before(call, index);
      await onPage(rows);
    }
    return { serverDate };
  }
  const connections = {
    of: (tenant: string) =>
      ({
        webcrm: {
          listOrganisations: (
            from: number | null,
            to: number,
            _p: number,
            onPage: (r: WebcrmOrganisation[]) => Promise<void>,
          ) => {
            t.ok(to >= runtime.now(), 'the end of the read does not lie in the past');
            return list({ tenant, side: 'webcrm', from, at: runtime.now() }, vendor.webcrm, onPage);
          },
        },
        fortnox: {
          listCustomers: (from: number | null, _p: number, onPage: (r: FortnoxCustomerRow[]) => Promise<void>) =>
            list({ tenant, side: 'fortnox', from, at: runtime.now() }, vendor.fortnox, onPage),
        },
      }) as unknown as TenantConnection,
  };
  return { runtime, store, intake, connections, vendor, calls, wakes };
}

const customers = (from: number, count: number): FortnoxCustomerRow[] =>
  Array.from({ length: count }, (_, i) => ({ CustomerNumber: String(from + i), Name: `C${from + i}` }));

t.test(
  'T2 hints that arrive while a commit runs go into one; each caller waits until its own are durable',
  async (t) => {
    const sets: string[][] = [];
    const ends: ((error?: Error) => void)[] = [];
    const wakes: string[] = [];
    const intake = createIntake({
      runtime: { now: () => START },
      store: {
        jobs: {
          enqueue: (hints) =>
            new Promise((resolve, reject) => {
              sets.push(hints.map(({ id }) => id));
              ends.push((error) => (error ? reject(error) : resolve()));
            }),
        },
      },
      wake: (tenant) => wakes.push(tenant),
    });
    const done: string[] = [];
    const accept = (id: string, tenant = 'a') =>
      intake.accept([hint(id, tenant)]).then(
        () => done.push(id),
        (error: Error) => done.push(`${id} ${error.message}`),
      );
    await intake.accept([]);
    const all = [accept('1'), accept('2'), accept('3', 'b')];
    t.same(sets, [['1']]);
    ends[0]?.();
    await all[0];
    t.same(done, ['1']);
    t.same(wakes, ['a']);
    await new Promise(setImmediate);
    t.same(sets[1], ['2', '3']);
    all.push(accept('4'));
    ends[1]?.(new Error('full'));
    await Promise.all(all.slice(0, 3));
    t.same(done, ['1', '2 full', '3 full'], 'a commit that fails is told to its callers');
    await new Promise(setImmediate);
    ends[2]?.();
    await all[3];
    t.same(done.at(-1), '4', 'and the next goes on');
  },
);

t.test('webCRM hook bodies: every form it may take', async (t) => {
  const cases: [unknown, string[]][] = [
    ['https://api.webcrm.com/Organisations/123', ['123']],
    ['https://api.webcrm.com/organisations/123/', ['123']],
    ['/Organisations/123?x=1', ['123']],
    [123, ['123']],
    ['123', ['123']],
    [' 0123 ', ['123']],
    [{ OrganisationId: 123, Id: 7 }, ['123']],
    [{ organisationId: '123' }, ['123']],
    [{ Id: 123 }, ['123']],
    [{ id: '123' }, ['123']],
    [{ Id: 7, Url: 'https://api.webcrm.com/Organisations/123' }, ['123']],
    [
      [1, '2', { Id: 3 }, ['4'], 1],
      ['1', '2', '3', '4'],
    ],
    [{ Data: [{ OrganisationId: 5 }] }, ['5']],
    [{ Id: '6f9619ff-8b86', Organisation: { Id: 5 } }, ['5']],
    ['https://api.webcrm.com/Deliveries/123', []],
    ['https://api.webcrm.com/Organisations/123/Persons', []],
    [null, []],
    [undefined, []],
    ['', []],
    [{}, []],
    [0, []],
    [-5, []],
    [1.5, []],
    [Number.NaN, []],
    [99_999_999_999, []],
    [true, []],
    [{ __proto__: { Id: 5 } }, []],
  ];
  for (const [body, ids] of cases) t.same(parseWebcrmHook('organisation-update', body), ids, JSON.stringify(body));
  t.same(parseWebcrmHook('delivery-update', { Id: 5 }), [], "another entity's id is not an organisation's");
  t.same(parseWebcrmHook('delivery-update', { OrganisationId: 5 }), ['5']);
  let deep: unknown = 5;
  for (let i = 0; i < 50_000; i += 1) deep = [deep];
  t.same(parseWebcrmHook('organisation-update', deep), []);
  fc.assert(
    fc.property(fc.string(), fc.anything({ withNullPrototype: true, withBigInt: true }), (event, body) =>
      parseWebcrmHook(event, body).every((id) => /^[1-9]\d{0,9}$/.test(id)),
    ),
  );
});

t.test('Fortnox events: customers in any version, others named, rubbish refused', async (t) => {
  const event = { topic: 'customers', offset: 'x', type: 'customer-updated-v2', tenantId: 29302, entityId: '3817' };
  const read = { tenantId: '29302', entity: 'customer', id: '3817', kind: 'updated' };
  t.same(parseFortnoxEvent(event), read);
  t.same(parseFortnoxEvent({ ...event, type: 'customer-deleted-v17', tenantId: '29302', entityId: 3817 }), {
    ...read,
    kind: 'deleted',
  });
  t.same(parseFortnoxEvent({ ...event, type: 'customer-created' }), { ...read, kind: 'created' });
  t.same(parseFortnoxEvent({ ...event, type: 'order-created-v1' }), { ignored: 'order-created-v1' });
  t.same(parseFortnoxEvent({ ...event, type: 'customer-created-v1x' }), { ignored: 'customer-created-v1x' });
  for (const body of [null, 5, 'x', [event], {}, { ...event, tenantId: null }, { ...event, entityId: ' ' }])
    t.equal(parseFortnoxEvent(body), null);
  fc.assert(fc.property(fc.anything(), (body) => parseFortnoxEvent(body) !== undefined));
});

t.test('signed webhooks (Standard Webhooks)', async (t) => {
  // The specification's own example.
  const secret = 'whsec_plJ3nmyCDGBKInavdOK15jsl';
  const rawBody = '{"event_type":"ping","data":{"success":true}}';
  const now = 1_731_705_121_000;
  const headers = signWebhook({ secret, id: 'msg_loFOjxBNrRLzqYUf', now, rawBody });
  t.equal(headers['webhook-signature'], 'v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=');
  const check = (more: Partial<Parameters<typeof verifyWebhook>[0]>) =>
    verifyWebhook({ secret: [secret], headers, rawBody, now, ...more });
  t.same(check({}), { ok: true, id: 'msg_loFOjxBNrRLzqYUf' });
  t.same(check({ rawBody: Buffer.from(rawBody) }), { ok: true, id: 'msg_loFOjxBNrRLzqYUf' });
  t.ok(check({ secret: ['whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', secret] }).ok, 'rotated secrets');
  const two = `v1,AAAA v1a,xx ${headers['webhook-signature']}`;
  t.ok(check({ headers: { ...headers, 'webhook-signature': two } }).ok, 'several signatures');
  t.ok(check({ now: now + 300_000 }).ok);
  t.match(check({ now: now + 301_000 }), { ok: false, why: 'too-old' });
  t.match(check({ now: now - 301_000 }), { ok: false, why: 'too-new' });
  t.match(check({ rawBody: `${rawBody} ` }), { ok: false, why: 'no-match' });
  t.match(check({ secret: [] }), { ok: false, why: 'no-match' });
  t.match(check({ secret: ['whsec_'] }), { ok: false, why: 'no-match' }, 'an empty secret opens nothing');
  t.match(check({ headers: { ...headers, 'webhook-id': 'other' } }), { ok: false, why: 'no-match' });
  t.match(check({ headers: { ...headers, 'webhook-timestamp': 'now' } }), { ok: false, why: 'timestamp-unreadable' });
  t.match(check({ headers: {} }), { ok: false, why: 'header-missing' });
  t.throws(() => signWebhook({ secret: 'whsec_AAAA', id: 'x', now, rawBody }), RangeError);
});

t.test('R74 overlap: two minutes, an hour more for Fortnox in the repeated hour of autumn only', async (t) => {
  const back = (iso: string, side: 'fortnox' | 'webcrm' = 'fortnox') =>
    Date.parse(iso) - pollStart(side, Date.parse(iso));
  t.equal(back('2026-07-01T12:00:00Z'), OVERLAP_MS);
  t.equal(back('2026-10-24T23:59:59Z'), OVERLAP_MS, '01:59:59 CEST');
  t.equal(back('2026-10-25T00:00:00Z'), OVERLAP_MS + HOUR, '02:00 CEST, the first time');
  t.equal(back('2026-10-25T01:59:59Z'), OVERLAP_MS + HOUR, '02:59:59 CET, the second time');
  t.equal(back('2026-10-25T02:00:00Z'), OVERLAP_MS, '03:00 CET');
  t.equal(back('2026-10-25T00:30:00Z', 'webcrm'), OVERLAP_MS);
  t.equal(back('2026-03-29T01:00:00Z'), OVERLAP_MS, 'spring repeats nothing');
  // What Fortnox compares is local time: no change after the cursor may lie before the local start of the read.
  for (
    let cursor = Date.parse('2026-10-24T22:00:00Z');
    cursor < Date.parse('2026-10-25T04:00:00Z');
    cursor += 437_000
  ) {
    const from = stockholmTime(pollStart('fortnox', cursor));
    for (let change = cursor; change < cursor + 3 * HOUR; change += 613_000)
      if (stockholmTime(change) < from) t.fail(`lost: cursor ${cursor}, change ${change}`);
  }
});

t.test('T1 2,500 changes in one round all arrive, and only then the cursor moves', async (t) => {
  const w = await world();
  const poller = createPoller({ ...w, logger: quiet, periodMs: PERIOD });
  await w.store.tenants.insert(tenantOf('a'));
  await poller.pollNow('a', 'fortnox');
  t.equal(w.calls.length, 0, 'the first poll reads no past');
  t.equal(await w.store.cursors.get('a', pollCursor('fortnox')), START);
  w.vendor.fortnox = [0, 1, 2, 3, 4].map((page) => customers(page * 500 + 1, 500));
  w.vendor.clockAhead = -7_000;
  await w.runtime.advance(PERIOD);
  w.vendor.before = async (_call, page) => {
    await w.runtime.settle();
    if (page === 4) throw new SyncError('vendor-failed', 'down');
  };
  await poller.pollNow('a', 'fortnox');
  t.equal(await w.store.cursors.get('a', pollCursor('fortnox')), START, 'a page failed: not moved');
  w.vendor.before = async () => {};
  await poller.pollNow('a', 'fortnox');
  t.equal((await w.store.jobs.counts('a')).waiting, 2_500);
  t.equal(await w.store.cursors.get('a', pollCursor('fortnox')), START + PERIOD - 7_000, "the vendor's clock");
  t.same(
    w.calls.map(({ from }) => from),
    [START - OVERLAP_MS, START - OVERLAP_MS],
  );
  t.equal((await w.store.jobs.list('a', { limit: 1 })).items[0]?.priority, PRIORITY.poll);
  await w.store.close();
});

t.test('T4 every tenant is polled each period on both sides; one that fails or hangs delays nobody', async (t) => {
  const w = await world();
  const auth: string[] = [];
  for (let i = 0; i < 40; i += 1) await w.store.tenants.insert(tenantOf(`t${i}`));
  await w.store.tenants.insert(tenantOf('off', 'paused'));
  w.vendor.before = async ({ tenant }) => {
    if (tenant === 't1') throw new SyncError('vendor-auth', 'void');
    if (tenant === 't2') throw new SyncError('vendor-failed', 'down');
    if (tenant === 't3') await new Promise(() => {});
  };
  const poller = createPoller({
    ...w,
    logger: quiet,
    periodMs: PERIOD,
    onAuthFailure: async (tenant) => void auth.push(tenant.id),
  });
  poller.start();
  await w.runtime.advance(1);
  await w.store.tenants.insert(tenantOf('late'));
  await w.store.cursors.put('late', pollCursor('webcrm'), START);
  await w.runtime.advance(1.5 * PERIOD);
  t.ok(
    w.calls.some((call) => call.tenant === 'late'),
    'a tenant connected meanwhile is soon polled',
  );
  await w.runtime.advance(2.5 * PERIOD - 1);
  const of = (tenant: string, side: string) => w.calls.filter((call) => call.tenant === tenant && call.side === side);
  for (let i = 0; i < 40; i += 1) {
    for (const side of ['webcrm', 'fortnox']) t.equal(of(`t${i}`, side).length, i === 3 ? 1 : 3, `t${i} ${side}`);
  }
  t.equal(of('off', 'webcrm').length, 0);
  const times = of('t7', 'webcrm').map(({ at }) => at);
  t.same(
    times.slice(1).map((at, i) => at - (times[i] ?? 0)),
    [PERIOD, PERIOD],
  );
  t.equal(Math.abs((of('t7', 'fortnox')[0]?.at ?? 0) - (times[0] ?? 0)), PERIOD / 2, 'half a period apart');
  const quarters = new Set(
    Array.from({ length: 40 }, (_, i) => Math.floor((pollPhase(`t${i}`, 'webcrm', PERIOD) * 4) / PERIOD)),
  );
  t.equal(quarters.size, 4, 'spread over the period');
  t.same([...new Set(auth)], ['t1']);
  const stopped = poller.stop();
  await w.runtime.advance(5_000);
  await stopped;
  t.equal(w.runtime.pendingTimers(), 0);
  await poller.pollNow('t7', 'webcrm');
  t.equal(of('t7', 'webcrm').length, 3, 'nothing after a stop');
  await w.store.close();
});

t.test('a poll asked for while one runs reads once more afterwards, once for all askers', async (t) => {
  const w = await world();
  await w.store.tenants.insert(tenantOf('a'));
  await w.store.cursors.put('a', pollCursor('webcrm'), START);
  const poller = createPoller({ ...w, logger: quiet, periodMs: PERIOD });
  await Promise.all([1, 2, 3, 4].map(() => poller.pollNow('a', 'webcrm')));
  t.equal(w.calls.length, 2);
  await w.store.close();
});

t.test('R24 an import queues both sides once, behind live work, and counts to done', async (t) => {
  const w = await world();
  const tenant = tenantOf('a');
  const org = (id: number, type: string, number?: unknown): WebcrmOrganisation => ({
    OrganisationId: id,
    OrganisationType: type,
    OrganisationCustom1: number,
  });
  w.vendor.webcrm = [
    [org(1, 'Customer', ' 11 '), org(2, 'Supplier', '12'), org(3, 'Private Customer', '')],
    [org(1, 'Customer', '11'), org(4, 'Customer', 13)],
  ];
  w.vendor.fortnox = [customers(10, 3), customers(12, 3)];
  const imports = createCustomerImport({ ...w, logger: quiet });
  const run = await imports.start(tenant);
  t.match(run, { state: 'listing', total: 0 });
  await t.rejects(imports.start(tenant), { code: 'conflict' });
  t.match(await imports.progress('a', run.id), { state: 'listing' });
  await w.runtime.settle();
  t.match(await imports.progress('a', run.id), { state: 'running', total: 6, done: 0, dead: 0 });
  const jobs = (await w.store.jobs.list('a', { limit: 100 })).items;
  t.same(jobs.map(({ side, id }) => `${side} ${id}`).sort(), [
    'fortnox 10',
    'fortnox 12',
    'fortnox 14',
    'webcrm 1',
    'webcrm 3',
    'webcrm 4',
  ]);
  t.ok(jobs.every((job) => job.priority === PRIORITY.import && job.importId === run.id));
  for (const [index, job] of (await w.store.jobs.claim('a', 'me', START, 1_000, 10)).entries()) {
    const dead = { state: 'dead', runAt: START, countAttempt: true, error: null } as const;
    await (index === 0
      ? w.store.jobs.release('a', job.key, 'me', dead)
      : w.store.jobs.complete('a', job.key, 'me', START));
  }
  t.match(await imports.progress('a', run.id), { state: 'done', total: 6, done: 5, dead: 1, finishedAt: START });
  await t.rejects(imports.progress('a', 'none'), { code: 'not-found' });
  await w.store.close();
});

t.test('an import that cannot list, is stopped or was cut off by a restart is marked failed', async (t) => {
  const w = await world();
  const imports = createCustomerImport({ ...w, logger: quiet });
  w.vendor.before = async () => {
    throw new SyncError('vendor-failed', 'webCRM is down.');
  };
  const failed = await imports.start(tenantOf('a'));
  await w.runtime.settle();
  t.match(await imports.progress('a', failed.id), { state: 'failed', error: 'webCRM is down.' });
  w.vendor.before = async (_call, page) => {
    if (page === 1) await new Promise<void>((resolve) => w.runtime.setTimer(1_000, resolve));
  };
  w.vendor.webcrm = [
    [{ OrganisationId: 1, OrganisationType: 'Customer' }],
    [{ OrganisationId: 2, OrganisationType: 'Customer' }],
  ];
  const cut = await imports.start(tenantOf('a'));
  await w.runtime.settle();
  const restarted = createCustomerImport({ ...w, logger: quiet });
  const stopped = imports.stop();
  await w.runtime.advance(6_000);
  await stopped;
  t.match(await restarted.progress('a', cut.id), { state: 'failed', total: 1, error: /stopped/ });
  await w.store.imports.put({ ...cut, id: 'crashed' });
  t.match(await restarted.progress('a', 'crashed'), { state: 'failed', error: /Start the import again/ });
  await t.rejects(imports.start(tenantOf('a')), { code: 'stopping' });
  t.equal(w.runtime.pendingTimers(), 0);
  await w.store.close();
});
