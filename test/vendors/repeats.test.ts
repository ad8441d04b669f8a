import t from 'tap';
import type { Side } from '../../schemas/records.ts';
import type { HttpRequest } from '../../src/vendors/http.ts';
import { MOST_REPEATS, REPEATS_WITHIN_MS, withoutRepeats } from '../../src/vendors/repeats.ts';
import { customer, openWorld } from '../support/world.ts';

t.setTimeout(120_000);

const put = (id: number, body: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'PUT',
  url: `https://webcrm.invalid/Organisations/${id}`,
  route: '/Organisations/{id}',
  headers: {},
  body,
  ...more,
});

/** A sender that answers what it is told to. */
function open(side: Side = 'webcrm') {
  let now = 0;
  let status = 200;
  let sent = 0;
  const send = withoutRepeats({ elapsed: () => now }, side, async () => {
    sent += 1;
    return { status, headers: new Headers(), json: null, empty: true, date: 0 };
  });
  return {
    send,
    sent: () => sent,
    answers: (wanted: number) => {
      status = wanted;
    },
    pass: (ms: number) => {
      now += ms;
    },
  };
}

t.test('B1 an update that was taken eight times within 15 minutes is not made a ninth time', async (t) => {
  const { send, sent, pass } = open();
  for (let n = 0; n < MOST_REPEATS; n += 1) {
    await send(put(1, '{"a":"1"}'));
    await send(put(1, '{"a":"2"}'));
    pass(1_000);
  }
  await t.rejects(send(put(1, '{"a":"1"}')), { code: 'write-repeats', retry: 'refused', message: /8 times within 15/ });
  await t.rejects(send(put(1, '{"a":"2"}')), { code: 'write-repeats' }, 'also where two values take turns');
  t.equal(sent(), 2 * MOST_REPEATS);
  await send(put(1, '{"a":"3"}'));
  await send(put(2, '{"a":"1"}'));
  pass(REPEATS_WITHIN_MS);
  await send(put(1, '{"a":"1"}'));
  t.equal(sent(), 2 * MOST_REPEATS + 3, 'other values, other records and later ones are written');
});

t.test('B1 reads, creates, what is no record and what the vendor did not take are not counted', async (t) => {
  const { send, sent, answers } = open();
  const often = async (request: HttpRequest) => {
    for (let n = 0; n <= MOST_REPEATS; n += 1) await send(request);
  };
  await often(put(1, '', { method: 'GET' }));
  await often(put(1, '{}', { method: 'POST' }));
  await often(put(1, '{}', { route: '/Hooks/{id}', url: 'https://webcrm.invalid/Hooks/1' }));
  answers(400);
  await often(put(1, '{}'));
  t.equal(sent(), 4 * (MOST_REPEATS + 1));
});

t.test('B1 the same rows of a Fortnox document count as the same, whatever ids they have by then', async (t) => {
  const { send, sent } = open('fortnox');
  const rows = (...ids: number[]) =>
    put(1, JSON.stringify({ OrderRows: ids.map((RowId) => ({ RowId })) }), { route: '/3/orders/{id}' });
  for (let n = 0; n < MOST_REPEATS; n += 1) await send(rows(10 * n + 3, 10 * n + 1, 10 * n + 2));
  await t.rejects(send(rows(103, 101, 102)), { code: 'write-repeats' });
  await send(rows(101, 103, 102));
  await send(rows(101, 102));
  t.equal(sent(), MOST_REPEATS + 2, 'another order, and one row less, are other updates');
});

t.test('B1 the oldest of many updates is forgotten', async (t) => {
  const { send, sent } = open();
  for (let n = 0; n < MOST_REPEATS; n += 1) await send(put(0, '{}'));
  for (let id = 1; id <= 1_000; id += 1) await send(put(id, '{}'));
  await send(put(0, '{}'));
  t.equal(sent(), MOST_REPEATS + 1_001);
});

t.test('B1 B4 something at webCRM that undoes what we put back ends in a failed job, not in a loop', async (t) => {
  const world = await openWorld();
  t.teardown(() => world.close());
  const { organisation, number } = await customer(world);
  await world.quiet();
  const { fetch } = world.runtime;
  const column = 'OrganisationCustom1';
  t.equal(world.webcrm.organisation(organisation)?.[column], number);
  const undo = () => world.webcrm.person.editOrganisation(organisation, { [column]: 'X-1' });
  let isOn = true;
  world.runtime.fetch = async (input, init) => {
    const answer = await fetch(input, init);
    const { method, url } = input as Request;
    if (isOn && method === 'PUT' && url.endsWith(`/Organisations/${organisation}`)) undo();
    return answer;
  };
  const before = world.webcrm.writes.length;
  undo();
  await world.quiet();
  t.equal(world.webcrm.writes.length - before, MOST_REPEATS);
  const [dead] = await world.dead();
  t.match(dead, { key: `customer:webcrm:${organisation}`, lastError: { code: 'write-repeats' } });
  // Whoever undid it was found.
  isOn = false;
  await world.runtime.advance(REPEATS_WITHIN_MS);
  await world.hint('customer', 'webcrm', organisation);
  await world.quiet();
  t.equal(world.webcrm.organisation(organisation)?.[column], number);
  t.strictSame(await world.dead(), []);
  t.strictSame(world.violations(), []);
});
