import { createHash } from 'node:crypto';
import type { Activity } from '../../schemas/records.ts';
import { judge } from './model.ts';
import { createPeople } from './people.ts';
import { createChances } from './prng.ts';
import { openWorld, type World } from './world.ts';

export interface HistoryResult {
  readonly seed: number;
  readonly ok: boolean;
  /** A sentence for each thing that is wrong. */
  readonly problems: readonly string[];
  /** Values that a write overran between its read and itself: R2 says that these cannot be seen. */
  readonly gapEdits: number;
  readonly writes: number;
  readonly edits: number;
  /** Equal for two runs of a seed. */
  readonly traceHash: string;
  /** What happened, for a reader of a failing seed. */
  readonly story: () => string;
}

const LONGEST_PAUSE_MS = 200_000;
const QUIET_MS = 40 * 60_000;
const ERROR_LEVEL = 50;

async function allActivity({ store, tenantId }: World): Promise<Activity[]> {
  const all: Activity[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.activity.list(tenantId, { limit: 200, cursor });
    all.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return all;
}

/** What must hold of the service itself when all is quiet. */
async function restless(world: World): Promise<string[]> {
  const { store, tenantId } = world;
  const problems: string[] = [...world.channel.faults];
  const jobs = await store.jobs.counts(tenantId);
  if (jobs.waiting + jobs.running + jobs.dead > 0) {
    const open = (await store.jobs.list(tenantId, { limit: 20 })).items;
    for (const job of open)
      problems.push(`job ${job.key} is still ${job.state}: ${job.lastError?.message ?? 'no error'}`);
  }
  const pairs = await store.pairs.counts(tenantId);
  for (const state of ['creating', 'conflict', 'gone']) {
    if (!pairs[state]) continue;
    const { items } = await store.pairs.list(tenantId, { limit: 20, state });
    for (const pair of items) problems.push(`pair ${pair.webcrmId}/${pair.fortnoxId} is ${state}: ${pair.reason}`);
  }
  const tenant = await store.tenants.get(tenantId);
  if (tenant?.state !== 'connected') problems.push(`the tenant is ${tenant?.state}: ${tenant?.pausedReason}`);
  if (tenant?.partialPut.organisation === 'broken')
    problems.push('writes to webCRM were stopped, though it keeps what is not sent');
  for (const vendor of [world.webcrm, world.fortnox]) {
    for (const one of vendor.violations) problems.push(`violation at ${vendor.name}: ${one.request}: ${one.why}`);
  }
  for (const line of world.logged) if (line.level >= ERROR_LEVEL) problems.push(`logged: ${line.text}`);
  return problems;
}

/** Plays one history to its quiet end and judges it. Nothing but the seed decides what happens. */
export async function runHistory(seed: number): Promise<HistoryResult> {
  const world = await openWorld(seed);
  try {
    const chances = createChances(seed, 6);
    const people = createPeople(world, chances);
    const count = 5 + chances.below(21);
    for (let done = 0; done < count; done += 1) {
      await people.act();
      await world.runtime.advance(chances.below(chances.chance(0.4) ? 5_000 : LONGEST_PAUSE_MS));
    }
    await world.runtime.advance(QUIET_MS);

    const activity = await allActivity(world);
    const ending = {
      settings: world.settings,
      fields: world.fields,
      edits: people.edits,
      writes: { webcrm: world.writes('webcrm'), fortnox: world.writes('fortnox') },
      organisations: world.webcrm.organisations(),
      customers: world.fortnox.customers(),
      activity,
      endedAt: world.runtime.now(),
    };
    const { problems: wrong, gapEdits } = judge(ending);
    const problems = [...(await restless(world)), ...wrong];
    const trace = JSON.stringify([ending.edits, ending.writes, ending.organisations, ending.customers, activity]);
    return {
      seed,
      ok: problems.length === 0,
      problems,
      gapEdits,
      writes: ending.writes.webcrm.length + ending.writes.fortnox.length,
      edits: people.edits.length,
      traceHash: createHash('sha256').update(trace).digest('hex').slice(0, 16),
      story: () => tell(world, ending),
    };
  } finally {
    await world.close();
  }
}

type Told = Pick<Parameters<typeof judge>[0], 'edits' | 'writes' | 'activity'>;
function tell(world: World, { edits, writes, activity }: Told): string {
  const started = edits[0]?.at ?? 0;
  const rows: { at: number; text: string }[] = [
    ...edits.map((one) => ({
      at: one.at,
      text: `person  ${one.side} ${one.id}${one.isNew ? ' new' : ''} ${JSON.stringify(one.typed)}`,
    })),
    ...[...writes.webcrm, ...writes.fortnox].map((one) => ({
      at: one.at,
      text: `service ${one.side} ${one.id} ${one.method} ${JSON.stringify(one.fields)}`,
    })),
    ...activity.map((one) => ({
      at: one.at,
      text: `log     ${one.webcrmId}/${one.fortnoxId} ${one.action} ${one.reasons.join(',')} lost ${JSON.stringify(one.lost)}`,
    })),
  ];
  rows.sort((a, b) => a.at - b.at);
  const { numberOwner, conflictPolicy, organisationAddressIs } = world.settings;
  return [
    JSON.stringify({ numberOwner, conflictPolicy, organisationAddressIs, ...world.switches }),
    ...rows.map((row) => `${String(row.at - started).padStart(9)} ms  ${row.text}`),
    ...world.logged.map((line) => line.text),
  ].join('\n');
}
