import t from 'tap';
import { createSharedPolls } from '../../src/intake/shared-polls.ts';
import { sleep } from '../../src/runtime.ts';
import { openInstances } from '../instances/world.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';

t.setTimeout(120_000);

t.test('S2 however many ask for one list, one poll is under way and one follows', async (t) => {
  const runtime = createVirtualRuntime({ seed: 1, start: Date.UTC(2026, 0, 5, 8) });
  const begun: string[] = [];
  let broken = false;
  const pollNow = createSharedPolls(async (tenantId, side, entity) => {
    begun.push(`${tenantId} ${side} ${entity ?? 'all'}`);
    await sleep(runtime, 1_000);
    if (broken) throw new Error('no');
  });
  const first = pollNow('a', 'webcrm', 'customer');
  const others = Array.from({ length: 200 }, () => pollNow('a', 'webcrm', 'customer'));
  const delivery = pollNow('a', 'webcrm', 'delivery');
  const ofAnother = pollNow('b', 'webcrm', 'customer');
  const all = pollNow('a', 'webcrm');
  t.strictSame(begun, ['a webcrm customer', 'a webcrm delivery', 'b webcrm customer', 'a webcrm all']);
  const from = runtime.now();
  await runtime.drive(Promise.all([first, delivery, ofAnother, all]));
  t.equal(begun.length, 5, 'the one that follows has begun');
  const third = pollNow('a', 'webcrm', 'customer');
  await runtime.drive(Promise.all(others));
  t.equal(runtime.now() - from, 2_000);
  await runtime.drive(third);
  t.equal(begun.length, 6, 'who asked while it ran is answered by a later one');

  broken = true;
  const failing = [pollNow('a', 'fortnox'), pollNow('a', 'fortnox'), pollNow('a', 'fortnox')];
  const failures = await runtime.drive(Promise.allSettled(failing));
  t.strictSame(
    failures.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  );
  t.equal(begun.length, 8);
  broken = false;
  await runtime.drive(pollNow('a', 'fortnox'));
  t.equal(begun.length, 9, 'nothing of it is left');
});

t.test(
  "S2 B9 two hundred hooks that name no record, at an instance that is not the tenant's owner: two questions",
  async (t) => {
    const world = openInstances(2);
    const questions: string[] = [];
    const { put } = world.store.mail;
    Object.assign(world.store.mail, {
      put: (...[letters, expiresAt]: Parameters<typeof put>) => {
        questions.push(...letters.flatMap(({ name }) => (name.startsWith('question/') ? [name] : [])));
        return put(letters, expiresAt);
      },
    });
    for (let n = 0; n < 2; n += 1) await world.begin();
    await world.runtime.advance(6_000);
    const company = await world.add('T0');
    const owner = await world.ownerOf(company.shard);
    const stranger = world.all.find(({ number }) => number !== owner);
    const tenant = await world.store.tenants.get(company.id);
    if (stranger === undefined || tenant === null) throw new Error('nobody');
    await world.quiet([company]);
    questions.length = 0;
    const answers = Array.from({ length: 200 }, () =>
      stranger.app.inject({
        method: 'POST',
        url: `/webhooks/webcrm/${tenant.hookToken}/organisations/update`,
        headers: { 'content-type': 'application/json' },
        payload: '{}',
      }),
    );
    const codes = new Set((await world.drive(Promise.all(answers))).map(({ statusCode }) => statusCode));
    await world.runtime.advance(20_000);
    t.strictSame([...codes], [202]);
    t.equal(questions.length, 2);
    company.webcrm.person.createOrganisation({ OrganisationName: 'Utan id AB', OrganisationType: 'Customer' });
    await world.quiet([company]);
    t.ok(company.fortnox.customers().some(({ Name }) => Name === 'Utan id AB'));
    await world.close();
  },
);
