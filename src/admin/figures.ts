import type { Side } from '../../schemas/records.ts';
import type { Runtime } from '../runtime.ts';

export const FIGURE_STEP_MS = 5 * 60_000;
/** A day. */
const SLOTS = 288;

/** What happened in one step of five minutes. */
export interface Figure {
  /** When the step began, ms. */
  readonly at: number;
  readonly calls: Readonly<Record<Side, number>>;
  /** Calls that a vendor answered with 429. */
  readonly throttled: number;
  readonly jobs: number;
  /** The longest that a job waited after it was due, ms. */
  readonly latenessMs: number;
}

/** The steps of the last day in which something happened, oldest first; counted since `since`, ms. */
export interface FiguresOf {
  readonly since: number;
  readonly items: readonly Figure[];
}

export interface Figures {
  call(tenant: string, side: Side, status: number): void;
  /** A job began, or ended, that was due at `runAt`. */
  job(tenant: string, runAt: number): void;
  of(tenant: string): FiguresOf;
}

const COLUMNS = ['webcrm', 'fortnox', 'throttled', 'jobs', 'latenessMs'] as const;
type Column = (typeof COLUMNS)[number];

/**
 * Counts of the last day for each tenant, five minutes a step, in memory: they begin anew with the process, and of several instances each
 * knows what it did itself. About 7 kB a tenant, taken when something is first counted.
 */
export function createFigures(runtime: Pick<Runtime, 'now'>): Figures {
  const since = runtime.now();
  const rings = new Map<string, { steps: Float64Array; counts: Uint32Array }>();

  /** Where the present step of the tenant is counted, emptied when it still holds a former day's. */
  function slotOf(tenant: string): (column: Column) => number {
    let ring = rings.get(tenant);
    if (ring === undefined) {
      ring = { steps: new Float64Array(SLOTS), counts: new Uint32Array(SLOTS * COLUMNS.length) };
      rings.set(tenant, ring);
    }
    const step = Math.floor(runtime.now() / FIGURE_STEP_MS);
    const slot = step % SLOTS;
    if (ring.steps[slot] !== step) {
      ring.steps[slot] = step;
      ring.counts.fill(0, slot * COLUMNS.length, (slot + 1) * COLUMNS.length);
    }
    return (column) => slot * COLUMNS.length + COLUMNS.indexOf(column);
  }
  function add(tenant: string, column: Column): void {
    const at = slotOf(tenant)(column);
    const { counts } = rings.get(tenant) as { counts: Uint32Array };
    counts[at] = (counts[at] ?? 0) + 1;
  }

  return {
    call(tenant, side, status) {
      add(tenant, side);
      if (status === 429) add(tenant, 'throttled');
    },
    job(tenant, runAt) {
      add(tenant, 'jobs');
      const at = slotOf(tenant)('latenessMs');
      const { counts } = rings.get(tenant) as { counts: Uint32Array };
      counts[at] = Math.max(counts[at] ?? 0, Math.min(Math.max(0, runtime.now() - runAt), 2 ** 32 - 1));
    },
    of(tenant) {
      const ring = rings.get(tenant);
      if (ring === undefined) return { since, items: [] };
      const { steps, counts } = ring;
      const oldest = Math.floor(runtime.now() / FIGURE_STEP_MS) - SLOTS;
      const items: Figure[] = [];
      for (const [slot, step] of steps.entries()) {
        if (step <= oldest) continue;
        const value = (column: Column) => counts[slot * COLUMNS.length + COLUMNS.indexOf(column)] ?? 0;
        items.push({
          at: step * FIGURE_STEP_MS,
          calls: { webcrm: value('webcrm'), fortnox: value('fortnox') },
          throttled: value('throttled'),
          jobs: value('jobs'),
          latenessMs: value('latenessMs'),
        });
      }
      return { since, items: items.sort((one, other) => one.at - other.at) };
    },
  };
}
