import type t from 'tap';
import type { Tenant } from '../../schemas/records.ts';
import type { Explanation, Would } from '../../src/explain/explain.ts';
import type { RecordRef } from '../../src/explain/rehearse.ts';
import type { World } from '../support/world.ts';
import type { Explainer } from './world.ts';

type Checks = Pick<typeof t, 'ok' | 'equal' | 'match' | 'strictSame'>;

/** What is to be told of a record: the first rule that failed and its reason, none when `rule` is null. */
export interface Expected {
  readonly rule: string | null;
  readonly code?: string;
  readonly next: string;
  readonly action?: Would['action'];
}

/** One named situation: brings it about, and says which record is asked about. */
export interface Situation extends Expected {
  readonly name: string;
  make(world: World): Promise<RecordRef>;
  /** Another tenant than the stored one. */
  readonly as?: Partial<Tenant>;
  /** The real job is not run afterwards, to count what it reads: the tenant has none, or it would end early. */
  readonly unreal?: true;
  /** Asked at once. */
  readonly hurried?: true;
  after?(world: World): Promise<void> | void;
  more?(test: Checks, told: Explanation): void;
}

export const ref = (entity: RecordRef['entity'], side: RecordRef['side'], id: string | number): RecordRef => ({
  entity,
  side,
  id: String(id),
});

/** Asks, and holds the answer against what is expected; nothing may be written, and no more read than the job reads. */
export async function check(
  test: Pick<typeof t, 'test'>,
  world: World,
  why: Explainer,
  situation: Situation,
): Promise<void> {
  await test.test(situation.name, async (test) => {
    const record = await situation.make(world);
    // The explainer's clients have budgets of their own: Fortnox's window of 5 s is to be empty of the service's calls.
    if (!situation.hurried) {
      const isPolling = async () => (await world.store.jobs.counts(world.tenantId)).running > 0;
      do await world.wait(5_100);
      while (await isPolling());
    }
    const before = { dump: await why.dump(), calls: why.calls() };
    const tenant = { ...(await why.tenant()), ...situation.as };
    const told = await why.drive(why.explain.record(tenant, record));
    const calls = why.calls();
    test.equal(calls.writes, before.calls.writes, 'no vendor was written to');
    test.ok((await why.dump()) === before.dump, 'nothing was stored');

    const failed = told.rules.filter(({ outcome }) => outcome === 'failed');
    test.equal(
      failed[0]?.id ?? null,
      situation.rule,
      `rule, of ${failed.map(({ id, reasons }) => `${id} ${reasons[0]?.sentence}`).join()}`,
    );
    if (situation.code !== undefined)
      test.ok(
        failed[0]?.reasons.some(({ code }) => code === situation.code),
        'reason',
      );
    test.equal(told.next.code, situation.next, 'next step');
    if (situation.action !== undefined) test.equal(told.would.action, situation.action, 'what would be done');
    const ids = told.rules.map(({ id }) => id);
    test.equal(new Set(ids).size, ids.length, 'each rule is listed once');
    situation.more?.(test, told);

    if (!situation.unreal) {
      await why.reallyDo(record);
      const cost = calls.reads - before.calls.reads;
      const real = why.calls().reads - calls.reads;
      test.ok(cost <= real, `${cost} reads, the job ${real}`);
    }
    await world.quiet();
    await situation.after?.(world);
  });
}
