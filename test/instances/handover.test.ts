import pino from 'pino';
import t from 'tap';
import { createSeal } from '../../src/admin/seal.ts';
import { createInstances, type Instances } from '../../src/instances/instances.ts';
import { byId } from '../../src/instances/routed-api.ts';
import { shardOf } from '../../src/instances/shards.ts';
import { sleep } from '../../src/runtime.ts';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import type { Store } from '../../src/store/port.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';

const logger = pino({ level: 'silent' });
const nothing = async () => {};

/** Instances with a part that takes its time, and nothing else to do. */
function openWorld() {
  const runtime = createVirtualRuntime({ seed: 4, start: Date.parse('2026-03-02T08:00:00Z') });
  const store: Store = { ...createInlineStore(), shared: true };
  const working = { letGo: nothing };
  const ended: string[] = [];

  function begin(name: string) {
    const instances = createInstances({
      runtime,
      store,
      logger,
      seal: createSeal(Buffer.alloc(32, 7), runtime.randomBytes),
      wake: () => {},
      work: () => ({
        connections: { letGo: nothing },
        prepare: nothing,
        worker: { ...working, start: nothing, drop: () => {} },
        poller: { ...working, planAgain: () => {} },
        imports: { ...working, startUp: nothing },
        reconcile: { ...working, wake: () => {} },
        hooks: working,
        stream: { start: () => {}, stop: nothing },
      }),
    });
    const slow = instances.part(
      'slow',
      {
        async work(tenant: string, ms: number): Promise<string> {
          await sleep(runtime, ms);
          ended.push(tenant);
          return name;
        },
      },
      { work: byId },
    );
    return { ...instances, slow };
  }

  const ownerOf = async (tenant: string): Promise<string | null> => {
    const row = await store.fenced.get('shards', 'owners');
    return (row?.value as (string | null)[] | undefined)?.[shardOf(tenant)] ?? null;
  };
  return { runtime, store, begin, ended, ownerOf };
}

const mayCall = (fence: ReturnType<Instances['fenceOf']>): boolean => {
  try {
    fence?.enter();
  } catch {
    return false;
  }
  fence?.left();
  return true;
};

t.test(
  'B9 a tenant is handed over when what was asked of its own instance has ended, and its fence is shut',
  async (t) => {
    const { runtime, store, begin, ended, ownerOf } = openWorld();
    const first = begin('first');
    await runtime.drive(first.start());
    const tenants = Array.from({ length: 60 }, (_, n) => `tenant-${n}`);
    const fences = tenants.map(first.fenceOf);
    const asked = tenants.map((tenant) => first.slow.work(tenant, 8_000));
    t.ok(fences.every(mayCall));

    const second = begin('second');
    await runtime.drive(second.start());
    await runtime.advance(7_000);
    for (const tenant of tenants) t.equal(await ownerOf(tenant), first.word(), 'nothing moves while it is under way');
    t.strictSame(ended, []);
    await runtime.advance(4_000);
    t.strictSame(
      await Promise.all(asked),
      tenants.map(() => 'first'),
    );
    const moved = [];
    for (const [n, tenant] of tenants.entries()) {
      const isMoved = (await ownerOf(tenant)) === second.word();
      if (isMoved) moved.push(tenant);
      t.equal(
        mayCall(fences[n] ?? null),
        !isMoved,
        `${tenant}: ${isMoved ? 'moved, its fence is shut' : 'ours still'}`,
      );
      t.equal(fences[n]?.signal.aborted, isMoved);
    }
    t.ok(moved.length > 15 && moved.length < 45, `${moved.length} of 60 moved`);
    t.equal(await runtime.drive(first.slow.work(String(moved[0]), 10)), 'second');
    for (const { stop } of [first, second]) stop();
    await runtime.advance(10_000);
    await store.close();
  },
);

t.test(
  'B9 a question is done by a successor in time, and by nobody when its asker was told that it was not',
  async (t) => {
    const { runtime, store, begin, ended, ownerOf } = openWorld();
    const tenants = Array.from({ length: 20 }, (_, n) => `tenant-${n}`);
    const [first, second] = [begin('first'), begin('second')];
    for (const one of [first, second]) await runtime.drive(one.start());
    await runtime.advance(5_000);
    const owners = await Promise.all(tenants.map(ownerOf));
    const theirs = tenants.filter((_, n) => owners[n] === first.word());
    t.ok(theirs.length > 3);
    // As a process that has died: nothing is given back.
    first.stop();
    const from = runtime.now();
    t.equal(await runtime.drive(second.slow.work(String(theirs[0]), 10)), 'second');
    t.ok(runtime.now() - from < 30_000, 'whoever took it over has answered');
    t.strictSame(ended, [theirs[0]]);

    const third = begin('third');
    await runtime.drive(third.start());
    await runtime.advance(5_000);
    const left = await Promise.all(tenants.map(ownerOf));
    const asked = tenants.filter((_, n) => left[n] === second.word());
    second.stop();
    const told = third.slow.work(String(asked[0]), 10).catch((error: unknown) => error);
    await runtime.advance(1_000);
    third.stop();
    t.match(await told, { code: 'stopping' });
    await runtime.advance(30 * 60_000);
    const fourth = begin('fourth');
    await runtime.drive(fourth.start());
    await runtime.advance(60_000);
    t.equal(await ownerOf(String(asked[0])), fourth.word());
    t.strictSame(ended, [theirs[0]], 'half an hour later the person has decided otherwise');
    t.strictSame(await store.mail.take([`shard/${shardOf(String(asked[0]))}`], 9, 0), [], 'it is not kept either');
    fourth.stop();
    await runtime.advance(10_000);
    await store.close();
  },
);

t.test('B9 a tenant is handed over when no call of its clients is under way, whoever began it', async (t) => {
  const { runtime, store, begin, ownerOf } = openWorld();
  const first = begin('first');
  await runtime.drive(first.start());
  const tenants = Array.from({ length: 12 }, (_, n) => `tenant-${n}`);
  const fences = tenants.map(first.fenceOf);
  // Of something in the background that nobody waits for: a call that the vendor takes long to answer.
  for (const fence of fences) fence?.enter();
  const second = begin('second');
  await runtime.drive(second.start());
  await runtime.advance(9_000);
  for (const tenant of tenants) t.equal(await ownerOf(tenant), first.word());
  for (const fence of fences) fence?.left();
  await runtime.advance(3_000);
  const owners = await Promise.all(tenants.map(ownerOf));
  t.ok(owners.includes(second.word()));
  t.equal(first.lateCalls() + second.lateCalls(), 0);
  for (const { stop } of [first, second]) stop();
  await runtime.advance(10_000);
  await store.close();
});
