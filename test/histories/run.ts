import { createHash } from 'node:crypto';
import type { Activity, Pair } from '../../schemas/records.ts';
import type { Page, PageRequest } from '../../src/store/port.ts';
import { type Ending, judge } from './judge.ts';
import { createPeople, type People } from './people.ts';
import { createChances } from './prng.ts';
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
  /** What happened, for a reader; empty unless it was asked for. */
  readonly story: string;
}

const LONGEST_PAUSE_MS = 200_000;
/** Long enough for two rounds of the poll on each side. */
const CALM_MS = 13 * 60_000;
/** After the look at all records: what it brings is done in the first minutes, and a round of the poll follows. */
const STILL_MS = 11 * 60_000;

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

async function endingOf(world: World, people: People): Promise<Ending> {
  const { webcrm, fortnox, store, tenantId } = world;
  const deliveries = webcrm.deliveries();
  const articles = fortnox.articles();
  return {
    settings: world.settings,
    fields: world.fields,
    edits: people.edits,
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
  };
}

function hashOf(ending: Ending): string {
  const { writes, documentWrites, deliveryWrites, lineWrites, itemWrites, documents, activity, edits } = ending;
  const trace = [edits, writes, documentWrites, deliveryWrites, lineWrites, itemWrites, documents, activity];
  return createHash('sha256').update(JSON.stringify(trace)).digest('hex').slice(0, 16);
}

/** Plays one history to its quiet end and judges it. Nothing but the seed decides what happens. */
export async function runHistory(seed: number, options: { story?: boolean } = {}): Promise<HistoryResult> {
  const world = await openWorld(seed);
  try {
    const chances = createChances(seed, 6);
    const people = createPeople(world, chances);
    await people.open();
    const count = 5 + chances.below(21);
    for (let done = 0; done < count; done += 1) {
      await people.act();
      await world.runtime.advance(chances.below(chances.chance(0.4) ? 5_000 : LONGEST_PAUSE_MS));
    }
    await world.runtime.advance(CALM_MS);
    await goOverAll(world);
    await world.runtime.advance(STILL_MS);
    // The poll may just have queued something again: in the hour that the clock change repeats, it reaches far back (R74).
    for (let second = 0; second < 60 && (await isBusy(world)); second += 1) await world.runtime.advance(1_000);

    const ending = await endingOf(world, people);
    const { problems: wrong, gapEdits } = judge(ending);
    const problems = [...(await restless(world, people.scene.removals.length > 0)), ...wrong];
    const { writes, documentWrites, deliveryWrites, lineWrites, itemWrites, documents } = ending;
    return {
      seed,
      ok: problems.length === 0,
      problems,
      gapEdits,
      lostRaces: world.fortnox.lostRaces.length,
      writes: [writes.webcrm, writes.fortnox, documentWrites, deliveryWrites, lineWrites, itemWrites].flat().length,
      edits: people.edits.length + people.scene.deeds.length,
      documents: documents.order.length + documents.invoice.length,
      traceHash: hashOf(ending),
      story: options.story ? tell(world, ending, people.scene.deeds) : '',
    };
  } finally {
    await world.close();
  }
}
