import { createHash } from 'node:crypto';
import type { Activity, Pair } from '../../schemas/records.ts';
import type { Page, PageRequest } from '../../src/store/port.ts';
import { createAdministrator } from '../simulation/administrator.ts';
import { drawWeather, LONGEST_RESTART_MS } from '../simulation/weather.ts';
import { createImporter } from './importer.ts';
import { type Ending, judge } from './judge.ts';
import { createPauser } from './pauser.ts';
import { createPeople, type People } from './people.ts';
import { type Chances, createChances } from './prng.ts';
import { restless } from './restless.ts';
import { tell } from './story.ts';
import { openWorld, type World } from './world.ts';

export interface HistoryResult {
  readonly seed: number;
  readonly ok: boolean;
  /** A sentence for each thing that is wrong. */
  readonly problems: readonly string[];
  /** Values that a write overran between its read and itself: R2 says that these cannot be seen. */
  readonly gapEdits: number;
  /** Writes that a vendor refused since the record had changed after our read (R4). */
  readonly lostRaces: number;
  readonly writes: number;
  readonly edits: number;
  /** Orders and invoices at the end. */
  readonly documents: number;
  /** Equal for two runs of a seed. */
  readonly traceHash: string;
  /** Processes of the service that ended at some await. */
  readonly deaths: number;
  /** What happened, for a reader; empty unless it was asked for. */
  readonly story: string;
}

/** How long a history is, and what its judge may expect. */
interface Pace {
  readonly acts: (chances: Chances) => number;
  readonly longestPauseMs: number;
  /** From the last act on: long enough for the poll to find what nothing told of. */
  readonly calmMs: number;
  /**
   * After the look at all records: what it brings is written in the first minute; what Fortnox fills in of that, such as a row's unit, may
   * be told by the next poll alone.
   */
  readonly stillMs: number;
  /** In the last so many of these nothing is written. */
  readonly quietMs: number;
  readonly settledMs: number;
}
const FAIR: Pace = {
  acts: (chances) => 5 + chances.below(21),
  longestPauseMs: 200_000,
  calmMs: 13 * 60_000,
  stillMs: 14 * 60_000,
  quietMs: 420_000,
  settledMs: 600_000,
};
/** Shorter, since there are to be many; an outage may outlast it. */
const FOUL: Pace = {
  acts: (chances) => 2 + chances.below(5),
  longestPauseMs: 60_000,
  // Going over everything finds what the poll would.
  calmMs: 60_000,
  stillMs: 9 * 60_000,
  quietMs: 120_000,
  settledMs: Number.POSITIVE_INFINITY,
};
const FAIR_GAP_MS = 1_000;

async function all<T>(list: (page: PageRequest) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ limit: 200, cursor });
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return items;
}

async function isBusy({ store, tenantId }: World): Promise<boolean> {
  const { waiting, running } = await store.jobs.counts(tenantId);
  return waiting + running > 0;
}

/**
 * Where line edits change nothing on their delivery, their table cannot be queried and the hook was lost, nothing tells of
 * them; nor of edits by hand in the register, which has no hooks and no times. Going over everything finds them (R44, R60, R71).
 */
async function goOverAll(world: World): Promise<void> {
  await world.reconcile();
  for (let minute = 0; minute < 60 && (await world.isReconciling()); minute += 1) await world.runtime.advance(60_000);
}

async function endingOf(
  world: World,
  people: People,
  limits: Pick<Ending, 'gapMs' | 'quietMs' | 'settledMs' | 'imported'>,
): Promise<Ending> {
  const { webcrm, fortnox, store, tenantId } = world;
  const deliveries = webcrm.deliveries();
  const articles = fortnox.articles();
  return {
    settings: world.settings,
    fields: world.fields,
    edits: people.edits,
    twins: people.twins,
    writes: { webcrm: world.writes('webcrm'), fortnox: world.writes('fortnox') },
    organisations: webcrm.organisations(),
    customers: fortnox.customers(),
    removals: people.scene.removals,
    typed: people.scene.typed.all,
    deliveries,
    lines: new Map(deliveries.map(({ DeliveryId }) => [Number(DeliveryId), webcrm.lines(Number(DeliveryId))])),
    documents: { order: fortnox.orders(), invoice: fortnox.invoices() },
    born: people.documents.born,
    moved: people.deliveries.moved,
    numbered: people.deliveries.numbered,
    statuses: people.deliveries.statuses,
    documentWrites: fortnox.documentWrites,
    deliveryWrites: webcrm.deliveryWrites,
    lineWrites: webcrm.lineWrites,
    itemWrites: webcrm.itemWrites,
    articles,
    prices: new Map(articles.map(({ ArticleNumber }) => [ArticleNumber, fortnox.priceOf(ArticleNumber, 'A')])),
    items: webcrm.items(),
    itemEdits: people.articles.handEdits,
    pairs: await all<Pair>((page) => store.pairs.list(tenantId, page)),
    activity: await all<Activity>((page) => store.activity.list(tenantId, page)),
    endedAt: world.runtime.now(),
    ...limits,
  };
}

function hashOf(ending: Ending): string {
  const { writes, documentWrites, deliveryWrites, lineWrites, itemWrites, documents, activity, edits } = ending;
  const trace = [edits, writes, documentWrites, deliveryWrites, lineWrites, itemWrites, documents, activity];
  return createHash('sha256').update(JSON.stringify(trace)).digest('hex').slice(0, 16);
}

/** Waits until nothing is left to do, a long outage's longest back-off at most. */
async function untilIdle(world: World, stepMs: number, steps: number): Promise<void> {
  for (let step = 0; step < steps && (await isBusy(world)); step += 1) await world.runtime.advance(stepMs);
}

/** Plays one history to its quiet end and judges it. Nothing but the seed decides what happens. */
export async function runHistory(
  seed: number,
  options: { story?: boolean; foul?: boolean } = {},
): Promise<HistoryResult> {
  const weather = options.foul ? drawWeather(seed) : null;
  const pace = weather === null ? FAIR : FOUL;
  const world = await openWorld(seed, weather);
  try {
    const chances = createChances(seed, 6);
    const people = createPeople(world, chances);
    const pauser = createPauser(world, seed);
    const importer = createImporter(world, seed);
    const administrator = weather === null ? null : createAdministrator(world, weather);
    await people.open();
    const count = pace.acts(chances);
    for (let done = 0; done < count; done += 1) {
      await people.act();
      await world.runtime.advance(chances.below(chances.chance(0.4) ? 5_000 : pace.longestPauseMs));
    }
    if (weather !== null && administrator !== null) {
      weather.clear();
      // The last process that died begins anew within this.
      await world.runtime.advance(LONGEST_RESTART_MS);
      await administrator.setRight();
    }
    await pauser?.leave();
    await importer?.leave();
    await world.runtime.advance(pace.calmMs);
    await untilIdle(world, 60_000, weather === null ? 0 : 90);
    // A call that began in the foul weather may have ended it again.
    await administrator?.setRight();
    await goOverAll(world);
    await world.runtime.advance(pace.stillMs);
    // The poll may just have queued something again: in the hour that the clock change repeats, it reaches far back (R74).
    await untilIdle(world, 1_000, 60);
    administrator?.leave();

    const limits = {
      imported: importer !== null,
      gapMs: weather?.gapMs ?? FAIR_GAP_MS,
      quietMs: pace.quietMs,
      settledMs: pauser === null ? pace.settledMs : Number.POSITIVE_INFINITY,
    };
    const ending = await endingOf(world, people, limits);
    const { problems: wrong, gapEdits } = judge(ending);
    const { removals, deeds } = people.scene;
    const problems = [
      ...(pauser?.trespasses() ?? []),
      ...(await restless(world, people.twins, removals.length > 0, weather !== null)),
      ...wrong,
    ];
    const { writes, documentWrites, deliveryWrites, lineWrites, itemWrites, documents } = ending;
    return {
      seed,
      ok: problems.length === 0,
      problems,
      gapEdits,
      lostRaces: world.fortnox.lostRaces.length,
      writes: [writes.webcrm, writes.fortnox, documentWrites, deliveryWrites, lineWrites, itemWrites].flat().length,
      edits: people.edits.length + deeds.length,
      documents: documents.order.length + documents.invoice.length,
      deaths: Math.max(0, world.lives() - 1),
      traceHash: hashOf(ending),
      story: options.story ? `${weather?.told ?? ''}\n${tell(world, ending, deeds)}` : '',
    };
  } finally {
    await world.close();
  }
}
