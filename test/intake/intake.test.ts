import fc from 'fast-check';
import t from 'tap';
import { type Hint, PRIORITY } from '../../schemas/records.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import { createAdmission } from '../../src/intake/admission.ts';
import { parseFortnoxEvent } from '../../src/intake/fortnox-event.ts';
import { createIntake } from '../../src/intake/intake.ts';
import { signWebhook, verifyWebhook } from '../../src/intake/standard-webhooks.ts';
import { parseWebcrmHook } from '../../src/intake/webcrm-hook.ts';
import { createInlineStore } from '../../src/store/embedded/embedded-store.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';
import { quiet, START } from './world.ts';

const hint = (id: string, tenant = 'a'): Hint => ({
  tenant,
  entity: 'customer',
  side: 'webcrm',
  id,
  priority: PRIORITY.notification,
});

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

t.test(
  'B1 B5 killed before, during or after any commit: every hint that was acknowledged is in the file',
  async (t) => {
    for (let killAt = 0; killAt < 12; killAt += 1) {
      const path = `${t.testdir({})}/sync-${killAt}.db`;
      const store = createInlineStore(path);
      const runtime = createVirtualRuntime({ seed: killAt, start: START });
      let steps = 0;
      let isDead = false;
      /** From its `killAt`th step on the process does nothing more. */
      const alive = async () => {
        steps += 1;
        await new Promise<void>((resolve) => runtime.setTimer(5, resolve));
        if (steps > killAt) isDead = true;
        if (isDead) await new Promise<void>(() => {});
      };
      const enqueue: typeof store.jobs.enqueue = async (hints, now) => {
        await alive();
        await store.jobs.enqueue(hints, now);
        await alive();
      };
      const intake = createIntake({ runtime, store: { jobs: { enqueue } }, wake: () => {} });
      const admission = createAdmission({ runtime, logger: quiet });
      const acknowledged: string[] = [];
      for (let n = 0; n < 40; n += 1)
        runtime.setTimer(n * 2, () => {
          const acknowledge = () => void (isDead || acknowledged.push(String(n)));
          admission.run(() => intake.accept([hint(String(n))])).then(acknowledge, () => {});
        });
      await runtime.runUntil(() => isDead);
      await store.close();
      const next = createInlineStore(path);
      const stored = new Set((await next.jobs.list('a', { limit: 200 })).items.map(({ id }) => id));
      await next.close();
      const lost = acknowledged.filter((id) => !stored.has(id));
      t.same(lost, [], `killed at step ${killAt}: ${acknowledged.length} acknowledged, ${stored.size} stored`);
      if (killAt > 3) t.ok(acknowledged.length > 0 && stored.size >= acknowledged.length);
    }
  },
);

t.test('B5 admission: bounded in number and age, told in one line, and what ends late counts until then', async (t) => {
  const runtime = createVirtualRuntime({ seed: 1, start: START });
  const lines: object[] = [];
  const refused: string[] = [];
  const admission = createAdmission({
    runtime,
    logger: { warn: (about: object) => void lines.push(about) },
    most: 3,
    patienceMs: 1_000,
    onRefused: (why) => refused.push(why),
  });
  const ends: ((error?: Error) => void)[] = [];
  const work = () =>
    new Promise<string>((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve('done'))));
  const outcome = (promise: Promise<string>) => promise.catch((error: SyncError) => `${error.code} ${error.waitMs}`);
  const first = [outcome(admission.run(work)), outcome(admission.run(work)), outcome(admission.run(work))];
  t.equal(await outcome(admission.run(work)), 'overloaded 5000');
  t.same(admission.use(), { underWay: 3, oldestMs: 0, refusing: 'full' });
  ends[0]?.();
  t.equal(await first[0], 'done');
  ends[1]?.(new SyncError('store-failed', 'as it happens'));
  t.equal(await first[1], 'store-failed undefined', 'its own failure is its own');
  runtime.setClock(-7_200_000);
  await runtime.advance(1_000);
  t.equal(await first[2], 'overloaded 5000', 'age goes by a clock that runs forward');
  t.same(admission.use(), { underWay: 1, oldestMs: 1_000, refusing: 'slow' });
  await runtime.advance(200_000);
  t.equal(await outcome(admission.run(work)), 'overloaded 60000', 'a wait of a minute at most');
  ends[2]?.(new Error('late'));
  await runtime.settle();
  t.same(admission.use(), { underWay: 0, oldestMs: 0, refusing: null }, 'a late failure harms nobody');
  t.same(refused, ['full', 'slow', 'slow']);
  t.match(lines, [
    { why: 'full', refused: 1 },
    { why: 'slow', refused: 3 },
  ]);
});

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
  const named = (...args: Parameters<typeof parseWebcrmHook>) =>
    parseWebcrmHook(...args).map(({ entity, id }) => `${entity} ${id}`);
  for (const [body, ids] of cases) {
    const expected = ids.map((id) => `customer ${id}`);
    t.same(named('organisations', 'update', body), expected, JSON.stringify(body));
    t.same(named('organisations', 'organisation-update', body), expected);
  }
  t.same(named('organisations', 'delivery-update', { Id: 5 }), [], "another entity's id is not an organisation's");
  t.same(named('organisations', 'delivery-update', { OrganisationId: 5 }), ['customer 5']);

  const others: [Parameters<typeof parseWebcrmHook>[0], unknown, string[]][] = [
    ['deliveries', 'https://api.webcrm.com/Deliveries/12', ['delivery 12']],
    ['deliveries', { Url: '/deliveries/12/?x=1', Id: 7 }, ['delivery 12']],
    ['deliveries', { DeliveryId: 12, DeliveryOrganisationId: 3, Id: 7 }, ['delivery 12']],
    ['deliveries', { Delivery: { Id: 12 } }, ['delivery 12']],
    ['deliveries', [12, '13', { Id: 14 }], ['delivery 12', 'delivery 13', 'delivery 14']],
    ['deliveries', 'https://api.webcrm.com/Organisations/12', []],
    ['deliveries', { OrganisationId: 5 }, []],
    ['deliveries', {}, []],
    ['lines', 'https://api.webcrm.com/QuotationLines/5', ['line 5']],
    ['lines', 'https://api.webcrm.com/Deliveries/12/QuotationLines/5', ['delivery 12']],
    ['lines', { Url: 'https://api.webcrm.com/Deliveries/12' }, ['delivery 12']],
    ['lines', 'https://api.webcrm.com/QuotationLines/LinkedData/5', []],
    ['lines', { QuotationLineId: 5 }, ['line 5']],
    ['lines', { QuotationLineId: 5, QuotationLineOpportunityId: 12 }, ['delivery 12']],
    ['lines', { QuotationLineId: 5, QuotationLineOpportunityId: 0 }, ['line 5']],
    ['lines', { Data: [{ quotationlineid: '5', DELIVERYID: '12' }] }, ['delivery 12']],
    ['lines', { QuotationLines: [{ Id: 5 }, 6] }, ['line 5', 'line 6']],
    ['lines', [5, { Id: 5 }, '6'], ['line 5', 'line 6']],
    ['lines', null, []],
  ];
  for (const [path, body, expected] of others) t.same(named(path, 'update', body), expected, JSON.stringify(body));

  let deep: unknown = 5;
  for (let i = 0; i < 50_000; i += 1) deep = [deep];
  t.same(named('organisations', 'update', deep), []);
  fc.assert(
    fc.property(
      fc.constantFrom('organisations', 'deliveries', 'lines'),
      fc.string(),
      fc.anything({ withNullPrototype: true, withBigInt: true }),
      (path, event, body) => parseWebcrmHook(path, event, body).every(({ id }) => /^[1-9]\d{0,9}$/.test(id)),
    ),
  );
});

t.test('Fortnox events: ours in any version, others named, rubbish refused', async (t) => {
  const event = { topic: 'customers', offset: 'x', type: 'customer-updated-v2', tenantId: 29302, entityId: '3817' };
  const read = { tenantId: '29302', entity: 'customer', id: '3817', kind: 'updated' };
  t.same(parseFortnoxEvent(event), read);
  t.same(parseFortnoxEvent({ ...event, type: 'customer-deleted-v17', tenantId: '29302', entityId: 3817 }), {
    ...read,
    kind: 'deleted',
  });
  t.same(parseFortnoxEvent({ ...event, type: 'customer-created' }), { ...read, kind: 'created' });
  for (const [type, entity, kind] of [
    ['order-cancelled-v1', 'order', 'cancelled'],
    ['invoice-bookkeep-v1', 'invoice', 'bookkeep'],
    ['invoice-created-v3', 'invoice', 'created'],
    ['article-deleted-v1', 'article', 'deleted'],
  ]) {
    t.same(parseFortnoxEvent({ ...event, type }), { ...read, entity, kind });
  }
  for (const type of [
    'invoicepayment-bookkeep-v1',
    'invoicepayment-deleted-v1',
    'offer-updated-v1',
    'reminder-sent-v1',
  ])
    t.same(parseFortnoxEvent({ ...event, type }), { ignored: type });
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
