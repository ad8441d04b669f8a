import { Writable } from 'node:stream';
import t from 'tap';
import { SyncError } from '../../src/errors/sync-error.ts';
import { createLogger } from '../../src/http/logging.ts';
import { signWebhook } from '../../src/intake/standard-webhooks.ts';
import { changeTenant } from '../../src/store/change-tenant.ts';
import type { Store } from '../../src/store/port.ts';
import { createWorld } from './world.ts';

async function withTenant(options: Parameters<typeof createWorld>[0] = {}) {
  const world = await createWorld(options);
  const { tenant, webhook } = (await world.api('POST', '/tenants', { name: 'One' })).json();
  const token: string = webhook.url.split('/').at(-1);
  const send = (
    event: object | string,
    more: { secret?: string; id?: string; token?: string; headers?: object } = {},
  ) => {
    const rawBody = typeof event === 'string' ? event : JSON.stringify(event);
    const headers = signWebhook({
      secret: more.secret ?? webhook.secret,
      id: more.id ?? 'msg1',
      now: world.runtime.now(),
      rawBody,
    });
    return world.app.inject({
      method: 'POST',
      url: `/webhooks/fortnox/${more.token ?? token}`,
      headers: { 'content-type': 'application/json', ...headers, ...more.headers },
      payload: rawBody,
    });
  };
  const jobs = async () => (await world.store.jobs.list(tenant.id, { limit: 50 })).items.map((job) => job.key);
  return { world, id: tenant.id as string, token, secret: webhook.secret as string, send, jobs };
}
const event = { topic: 'customers', type: 'customer-updated-v2', tenantId: 555, entityId: '42' };

t.test('S2 webCRM hooks of any form become stored hints before the answer', async (t) => {
  const { world, id, token, jobs } = await withTenant();
  t.teardown(world.close);
  const bodies: [string | undefined, string][] = [
    ['application/json', '{"OrganisationId":1}'],
    ['text/plain', 'https://api.webcrm.com/Organisations/2'],
    [undefined, '3'],
    ['application/x-www-form-urlencoded', 'OrganisationId=4'],
    ['application/octet-stream', '{"Id":5}'],
  ];
  for (const [type, payload] of bodies) {
    const answer = await world.app.inject({
      method: 'POST',
      url: `/webhooks/webcrm/${token}/update`,
      headers: type ? { 'content-type': type } : {},
      payload: Buffer.from(payload),
    });
    t.equal(answer.statusCode, 202, answer.body);
    t.equal(answer.body, '');
  }
  t.same(
    (await jobs()).sort(),
    ['1', '2', '3', '4', '5'].map((n) => `customer:webcrm:${n}`),
  );
  t.same(world.polls, []);
  for (const payload of ['', '{"broken', '{}']) {
    const answer = await world.app.inject({
      method: 'POST',
      url: `/webhooks/webcrm/${token}/create`,
      headers: { 'content-type': 'application/json' },
      payload,
    });
    t.equal(answer.statusCode, 202, answer.body);
  }
  t.same(world.polls, [
    [id, 'webcrm', 'customer'],
    [id, 'webcrm', 'customer'],
    [id, 'webcrm', 'customer'],
  ]);
});

t.test(
  'S2 hooks of each entity give hints of their records; an empty one asks for the poll of its entity',
  async (t) => {
    const { world, id, token, jobs } = await withTenant();
    t.teardown(world.close);
    const hook = async (path: string, body: unknown) => {
      const answer = await world.app.inject({
        method: 'POST',
        url: `/webhooks/webcrm/${token}/${path}`,
        headers: { 'content-type': 'application/json' },
        payload: JSON.stringify(body),
      });
      return answer.statusCode;
    };
    t.equal(await hook('organisations/update', 1), 202);
    t.equal(await hook('deliveries/create', 'https://api.webcrm.com/Deliveries/2'), 202);
    t.equal(await hook('lines/delete', { QuotationLineId: 3 }), 202);
    t.equal(await hook('lines/update', { QuotationLineId: 3, QuotationLineOpportunityId: 4 }), 202);
    t.equal(await hook('persons/update', 1), 400);
    t.equal(await hook('deliveries/explode', 1), 400);
    t.same((await jobs()).sort(), ['customer:webcrm:1', 'delivery:webcrm:2', 'delivery:webcrm:4', 'line:webcrm:3']);
    t.same(world.polls, []);
    for (const path of ['organisations/update', 'deliveries/update', 'lines/update']) await hook(path, {});
    await changeTenant(world.store, id, () => ({ lineQuery: 'works' }));
    await hook('lines/update', {});
    t.same(
      world.polls.map(([, , entity]) => entity),
      ['customer', 'delivery', 'delivery', 'line'],
      'without a query on lines the deliveries are read',
    );
  },
);

t.test('R40 R49 Fortnox events become hints of what the settings follow', async (t) => {
  const { world, id, send, jobs } = await withTenant();
  t.teardown(world.close);
  const types = ['order-updated-v1', 'invoice-bookkeep-v1', 'article-created-v1', 'invoicepayment-bookkeep-v1'];
  const sendAll = async (entityId: string) => {
    for (const type of types)
      t.equal((await send({ ...event, type, entityId }, { id: type + entityId })).statusCode, 202);
  };
  await sendAll('1');
  await changeTenant(world.store, id, ({ settings }) => ({
    settings: { ...settings, documentMode: 'invoice', articles: { ...settings.articles, follow: false } },
  }));
  await sendAll('2');
  const both = ['invoice:fortnox:1', 'invoice:fortnox:2', 'order:fortnox:1', 'order:fortnox:2'];
  t.same((await jobs()).sort(), ['article:fortnox:1', ...both]);
});

t.test('an unknown token or event is refused without a write, and guesses are limited', async (t) => {
  const { world, token, send, jobs } = await withTenant();
  t.teardown(world.close);
  const strange = 'A'.repeat(43);
  const hook = (url: string, payload: string) =>
    world.app.inject({ method: 'POST', url, headers: { 'content-type': 'application/json' }, payload });
  const tries = [
    [404, 'not-found', await hook(`/webhooks/webcrm/${strange}/update`, '{"OrganisationId":1}')],
    [404, 'not-found', await hook('/webhooks/webcrm/x/update', '1')],
    [400, 'invalid-body', await hook(`/webhooks/webcrm/${token}/explode`, '1')],
    [404, 'not-found', await send(event, { token: strange })],
    [413, 'body-too-large', await hook(`/webhooks/webcrm/${token}/update`, 'x'.repeat(1_000_000))],
  ] as const;
  for (const [status, code, answer] of tries) {
    t.equal(answer.statusCode, status, answer.body);
    t.equal(answer.json().code, code);
  }
  t.same(await jobs(), []);
  for (let i = 0; i < 60; i += 1) await hook('/webhooks/webcrm/guess/update', '');
  t.equal((await hook('/webhooks/webcrm/guess/update', '')).statusCode, 429);
  t.equal((await hook(`/webhooks/webcrm/${token}/update`, '9')).statusCode, 202);
});

t.test('B8 Fortnox events count only when signed, in time, and of the own company', async (t) => {
  const { world, id, secret, send, jobs } = await withTenant();
  t.teardown(world.close);
  const tenant = await world.store.tenants.get(id);
  if (tenant) await world.store.tenants.replace({ ...tenant, fortnoxDatabaseNumber: '555' });
  const other = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
  const old = String(Math.floor(world.runtime.now() / 1000) - 600);
  const refusals = [
    [401, 'bad-signature', await send(event, { secret: other })],
    [401, 'bad-signature', await send(event, { headers: { 'webhook-timestamp': old } })],
    [401, 'bad-signature', await send(event, { headers: { 'webhook-signature': '' } })],
    [415, 'not-json', await send('{"broken')],
    [400, 'invalid-body', await send({ hello: 1 })],
    [400, 'invalid-body', await send({ ...event, tenantId: 556 })],
  ] as const;
  for (const [status, code, answer] of refusals) {
    t.equal(answer.statusCode, status, answer.body);
    t.equal(answer.json().code, code);
  }
  t.equal((await send({ ...event, type: 'voucher-created-v1' })).statusCode, 202);
  t.same(await jobs(), []);
  t.equal((await send(event)).statusCode, 202);
  t.equal((await send(event)).statusCode, 202, 'a replay is harmless');
  t.same(await jobs(), ['customer:fortnox:42']);

  const rotated = (await world.api('POST', `/tenants/${id}/webhook-secret`)).json().secret;
  t.not(rotated, secret);
  t.equal((await send(event, { secret: rotated })).statusCode, 202);
  t.equal((await send(event, { secret })).statusCode, 202, 'the former secret holds for a day');
  await world.runtime.advance(25 * 3_600_000);
  t.equal((await send(event, { secret })).statusCode, 401);
});

t.test('B1 a hint that cannot be stored is not acknowledged, and counts when it comes again', async (t) => {
  let down = true;
  const store = (kept: Store): Store => ({
    ...kept,
    jobs: {
      ...kept.jobs,
      enqueue: (...args) => (down ? Promise.reject(new Error('disk full')) : kept.jobs.enqueue(...args)),
    },
  });
  const { world, send, jobs } = await withTenant({ store });
  t.teardown(world.close);
  t.equal((await send(event)).statusCode, 500);
  down = false;
  t.equal((await send(event)).statusCode, 202);
  t.same(await jobs(), ['customer:fortnox:42']);
});

t.test("B8 the log holds neither the token of a hook nor the administrator's", async (t) => {
  let log = '';
  const logger = createLogger(
    'trace',
    new Writable({
      write: (chunk, _encoding, done) => {
        log += chunk;
        done();
      },
    }),
  );
  const { world, id, token, secret, send } = await withTenant({ app: { logger } });
  t.teardown(world.close);
  await send(event);
  await world.api('PUT', `/tenants/${id}/credentials/webcrm`, { applicationToken: 'webcrm-secret' });
  logger.info({ headers: { authorization: 'Bearer abc' }, grant: { refreshToken: 'abc' } }, 'x');
  t.match(log, /\[redacted\]/);
  for (const value of [token, secret, 'webcrm-secret', 'a-token-of-the-administrator', 'abc'])
    t.notOk(log.includes(value), value);
});

/** A store whose commits of hints wait for `open`; `commits` counts the hints that it was asked to store. */
function gated() {
  const asked: number[] = [];
  let opened: () => void = () => {};
  let gate = Promise.resolve();
  return {
    asked,
    shut() {
      gate = new Promise((resolve) => {
        opened = resolve;
      });
    },
    open: () => opened(),
    store: (kept: Store): Store => ({
      ...kept,
      jobs: {
        ...kept.jobs,
        async enqueue(hints, now) {
          asked.push(hints.length);
          await gate;
          await kept.jobs.enqueue(hints, now);
        },
      },
    }),
  };
}

t.test('B1 B5 a slow store: hooks are refused in time, by number and by age, and memory stays bounded', async (t) => {
  const slow = gated();
  const { world, token, jobs } = await withTenant({ mostHooks: 20, store: slow.store });
  t.teardown(world.close);
  const answers: { id: number; status: number; retryAfter: string | undefined; code: string | undefined }[] = [];
  const send = async (id: number) => {
    const url = `/webhooks/webcrm/${token}/organisations/update`;
    const answer = await world.app.inject({ method: 'POST', url, payload: String(id) });
    const retryAfter = answer.headers['retry-after'] as string | undefined;
    answers.push({ id, status: answer.statusCode, retryAfter, code: answer.body && answer.json().code });
  };
  const ready = async () => (await world.app.inject('/health/ready')).json();
  slow.shut();
  const sent = Array.from({ length: 50 }, (_, i) => send(i + 1));
  await world.runtime.settle();
  t.equal(answers.length, 30);
  t.same(
    [...new Set(answers.map(({ status, code, retryAfter }) => `${status} ${code} ${retryAfter}`))],
    ['503 overloaded 5'],
  );
  t.equal(world.services.admission.use().underWay, 20);
  t.match(await ready(), { ok: true, hooks: 'full' });
  await world.runtime.advance(4_000);
  t.equal(answers.length, 30, 'the others are waited for');
  await world.runtime.advance(2_000);
  await Promise.all(sent);
  t.same([...new Set(answers.slice(30).map(({ status, code }) => `${status} ${code}`))], ['503 overloaded']);
  t.equal(world.services.admission.use().underWay, 20, 'what the store still holds counts on');
  await world.runtime.advance(4_000);
  await send(60);
  t.match(answers.at(-1), { status: 503, retryAfter: '10' }, 'refused at once, with the wait that it has come to');
  t.equal(
    slow.asked.reduce((sum, count) => sum + count, 0),
    1,
    'one commit is under way; the rest waits its turn',
  );
  slow.open();
  await world.runtime.settle();
  await send(61);
  t.match(answers.at(-1), { id: 61, status: 202, retryAfter: undefined });
  t.match(await ready(), { ok: true, hooks: 'accepted' });
  t.equal(world.services.admission.use().underWay, 0);
  t.equal((await jobs()).length, 21, 'what was begun is stored all the same, which does no harm');
});

t.test(
  'B1 a failing store: 503 with Retry-After for every vendor, nothing is kept of it, and it goes on',
  async (t) => {
    let fails = true;
    const { world, token, send, jobs } = await withTenant({
      store: (kept) => ({
        ...kept,
        jobs: {
          ...kept.jobs,
          async enqueue(hints, now) {
            if (fails) throw new SyncError('store-failed', 'The disk is full.');
            await kept.jobs.enqueue(hints, now);
          },
        },
      }),
    });
    t.teardown(world.close);
    const hook = () => world.app.inject({ method: 'POST', url: `/webhooks/webcrm/${token}/update`, payload: '9' });
    for (const answer of [await hook(), await send(event)]) {
      t.equal(answer.statusCode, 503);
      t.equal(answer.headers['retry-after'], '5');
      t.match(answer.json(), { code: 'store-failed', detail: /log/ });
      t.notMatch(answer.body, /disk/);
    }
    t.equal(world.services.admission.use().underWay, 0);
    t.same(await jobs(), []);
    fails = false;
    t.equal((await hook()).statusCode, 202);
    t.equal((await send(event)).statusCode, 202, 'the same event again is no replay: it was not stored');
    t.same((await jobs()).sort(), ['customer:fortnox:42', 'customer:webcrm:9']);
  },
);
