import { type PairEntity, type Side, WRITTEN } from '../../schemas/records.ts';
import type { PartChoice } from '../../src/admin/pauses.ts';
import { type Chances, createChances } from './prng.ts';
import { createVisits } from './visits.ts';
import type { World } from './world.ts';

/** A time in which a part was paused, from when that was answered until somebody asked for its end. */
interface Window {
  readonly part: PartChoice;
  readonly from: number;
  readonly until: number;
}

/** In one history out of so many somebody pauses parts. */
const EVERY = 3;
const LONGEST_BETWEEN_MS = 15 * 60_000;
const LONGEST_PAUSE_MS = 20 * 60_000;
/** A call that had its slot when the pause was answered arrives within this; in foul weather a slow one. */
const ON_ITS_WAY_MS = { fair: 1_000, foul: 60_000 };
const PARTS: readonly PartChoice[] = [
  { to: 'fortnox' },
  { to: 'webcrm' },
  ...(Object.keys(WRITTEN) as PairEntity[]).flatMap((entity) => [
    { entity },
    ...WRITTEN[entity].map((to) => ({ entity, to })),
  ]),
];

/**
 * The person who pauses a kind of record towards a side now and then, and lets it go on (R72); null in most histories. What went on
 * meanwhile is the judge's as ever: in the end nothing is missing, nothing is twice.
 */
export function createPauser(world: World, seed: number) {
  const chances: Chances = createChances(seed, 7);
  if (chances.below(EVERY) !== 0) return null;
  const { runtime, store, tenantId } = world;
  const windows: Window[] = [];
  const visits = createVisits(runtime, chances);

  /** False: nobody answered, or the service failed; it may have been done. */
  async function ask(what: 'pause' | 'resume', part: PartChoice): Promise<boolean> {
    try {
      await world.service().services.admin[what](tenantId, 'the pauser', part);
      return true;
    } catch {
      return false;
    }
  }

  function comes(): void {
    const part = chances.one(PARTS);
    visits.later(LONGEST_BETWEEN_MS, async () => {
      const isPaused = await ask('pause', part);
      const from = runtime.now();
      visits.later(LONGEST_PAUSE_MS, async () => {
        if (isPaused) windows.push({ part, from, until: runtime.now() });
        await ask('resume', part);
        comes();
      });
    });
  }
  comes();

  return {
    /** Ends every pause, whatever it takes, and goes. */
    async leave(): Promise<void> {
      visits.end();
      for (let tries = 0; tries < 60; tries += 1) {
        const tenant = await store.tenants.get(tenantId);
        if (tenant?.pausedParts.length === 0) return;
        for (const part of [{ to: 'fortnox' }, { to: 'webcrm' }] as const) void ask('resume', part);
        await runtime.advance(10_000);
      }
      throw new Error('a part is still paused');
    },
    /** A sentence for each write that reached a vendor while it was paused. */
    trespasses: (): string[] =>
      windows.flatMap(({ part, from, until }) =>
        writesOf(world)
          .filter(({ at }) => at > from + ON_ITS_WAY_MS[world.isFoul ? 'foul' : 'fair'] && at < until)
          .filter(({ entity, to }) => (part.entity ?? entity) === entity && (part.to ?? to) === to)
          .map(({ at, entity, to }) => `${entity} was written in ${to} ${at - from} ms after that was paused`),
      ),
  };
}

function writesOf({ webcrm, fortnox }: World): { at: number; entity: PairEntity; to: Side }[] {
  const of = (entity: PairEntity, to: Side, writes: readonly { readonly at: number }[]) =>
    writes.map(({ at }) => ({ at, entity, to }));
  return [
    ...of('customer', 'webcrm', webcrm.writes),
    ...of('delivery', 'webcrm', [...webcrm.deliveryWrites, ...webcrm.lineWrites]),
    ...of('article', 'webcrm', webcrm.itemWrites),
    ...of('customer', 'fortnox', fortnox.writes),
    ...of('delivery', 'fortnox', fortnox.documentWrites),
  ];
}
