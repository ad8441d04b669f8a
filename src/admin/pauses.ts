import {
  type Entity,
  type PairEntity,
  type PausedPart,
  PRIORITY,
  type Side,
  type Tenant,
  WRITTEN,
} from '../../schemas/records.ts';
import { SyncError } from '../errors/sync-error.ts';
import type { Intake } from '../queue/types.ts';
import type { Runtime } from '../runtime.ts';
import { changeTenant } from '../store/change-tenant.ts';
import { every } from '../store/every.ts';
import type { Store } from '../store/port.ts';
import { PAIR_ENTITY } from '../sync/journal.ts';
import { isLongPause, type LongStop, longPauseOf } from '../sync/long-pause.ts';
import { partName, waitsForResume } from '../sync/paused.ts';
import { showsStatus } from '../sync/status/fields.ts';
import { tenantLine } from './lines.ts';

/** Which part of a tenant: a kind of record, a side that is written, or both; what is left out means all. */
export interface PartChoice {
  readonly entity?: PairEntity | undefined;
  readonly to?: Side | undefined;
}

export interface PausesDeps {
  readonly runtime: Runtime;
  readonly store: Pick<Store, 'tenants' | 'decisions' | 'states' | 'activity'>;
  readonly intake: Intake;
}

export interface Pauses {
  /** Pauses the part; what is paused already stays as it was. Raises `not-found`, `invalid-body` for a part that does not exist. */
  pause(id: string, part: PartChoice, by?: string): Promise<Tenant>;
  /** Ends the pauses that lie within the part, and brings what waited. Raises as `pause`. */
  resume(id: string, part: PartChoice, by?: string): Promise<Tenant>;
  /** Goes on with a resume that a crash cut off. */
  look(tenant: Tenant): Promise<void>;
}

/** How many waiting records are counted of a kind. */
export const MOST_COUNTED = 1_000;
const WAITING_A_PAGE = 200;
/** What others lean on comes first. */
const ORDER = ['article', 'customer', 'delivery'] as const satisfies readonly PairEntity[];

/** Pausing a part of a tenant: a kind of record towards one side, while everything else goes on (R72). */
export function createPauses({ runtime, store, intake }: PausesDeps): Pauses {
  const change = (id: string, make: (parts: readonly PausedPart[]) => PausedPart[]): Promise<Tenant> =>
    changeTenant(store, id, (tenant) => ({ pausedParts: make(tenant.pausedParts), updatedAt: runtime.now() }));

  const say = (tenant: string, message: string, by: string | undefined, reasons: string[] = []) =>
    tenantLine({ store, runtime }, { tenant, action: 'connection', message, reasons, by });

  async function bring(id: string, records: readonly { entity: Entity; side: Side; id: string }[]): Promise<void> {
    if (records.length === 0) return;
    // Both sides are read: the record may have changed on the one that its own hint does not speak of.
    await intake.accept(records.map((record) => ({ tenant: id, ...record, priority: PRIORITY.poll, full: true })));
  }

  async function bringWaiting(id: string, entity: PairEntity): Promise<void> {
    let after: { entity: Entity; side: Side; id: string } | undefined;
    for (;;) {
      const page = { limit: WAITING_A_PAGE, after };
      const records = await store.decisions.waitingFor(id, waitsForResume(entity), page);
      await bring(id, records);
      after = records.at(-1);
      if (records.length < WAITING_A_PAGE) return;
    }
  }

  /** R75: what was decided of records in the pause, for another reason, is to be shown on them as well. */
  async function bringStatuses(tenant: Tenant, { entity, since }: PausedPart): Promise<void> {
    const kind = { customer: 'organisation', delivery: 'delivery', article: null } as const;
    const shown = kind[entity];
    if (shown === null || !showsStatus(tenant.settings, shown)) return;
    for await (const { at, reason: _, waitsFor: _waitsFor, ...record } of every((page) =>
      store.decisions.list(tenant.id, page),
    )) {
      if (at < since) return;
      if (PAIR_ENTITY[record.entity] === entity) await bring(tenant.id, [record]);
    }
  }

  /** Brings what waited for the parts that are marked as resumed, then forgets the marks: a crash in between begins it again. */
  async function finish(tenant: Tenant): Promise<Tenant> {
    const resumed = tenant.pausedParts.filter(({ resuming }) => resuming);
    if (resumed.length === 0) return tenant;
    for (const entity of ORDER) {
      const parts = resumed.filter((part) => part.entity === entity);
      if (parts.length > 0) await bringWaiting(tenant.id, entity);
      for (const part of parts) if (part.to === 'webcrm') await bringStatuses(tenant, part);
    }
    return change(tenant.id, (parts) => parts.filter((part) => !part.resuming));
  }

  return {
    async pause(id, choice, by) {
      const chosen = partsOf(choice);
      let fresh: PausedPart[] = [];
      const tenant = await change(id, (parts) => {
        const since = runtime.now();
        fresh = chosen
          .filter((one) => !parts.some((part) => isSame(part, one) && !part.resuming))
          .map((one) => ({ ...one, since, resuming: false }));
        return [...parts.filter((part) => !fresh.some((one) => isSame(part, one))), ...fresh];
      });
      if (fresh.length > 0) await say(id, `Paused by hand: ${namesOf(fresh)}.`, by, ['by-hand']);
      return tenant;
    },

    async resume(id, choice, by) {
      const chosen = partsOf(choice);
      const isChosen = (part: PausedPart): boolean => chosen.some((one) => isSame(part, one));
      const before = await store.tenants.get(id);
      const now = runtime.now();
      for (const part of before?.pausedParts ?? []) {
        if (!isChosen(part) || part.resuming || !isLongPause(now - part.since)) continue;
        const stop: LongStop = { from: part.since, endedAt: now, heldUntil: now };
        await store.states.put(id, longPauseOf(part.entity), stop, now);
      }
      let ended: PausedPart[] = [];
      const marked = await change(id, (parts) => {
        ended = parts.filter((part) => isChosen(part) && !part.resuming);
        return parts.map((part) => (isChosen(part) ? { ...part, resuming: true } : part));
      });
      if (ended.length > 0) await say(id, `Resumed by hand: ${namesOf(ended)}.`, by);
      return finish(marked);
    },

    async look(tenant) {
      await finish(tenant);
    },
  };
}

type Part = Pick<PausedPart, 'entity' | 'to'>;
const isSame = (a: Part, b: Part): boolean => a.entity === b.entity && a.to === b.to;
const namesOf = (parts: readonly Part[]): string => parts.map(partName).join(', ');

/** The parts that a choice means, those that others lean on first. Raises `invalid-body` when there is none. */
function partsOf({ entity, to }: PartChoice): Part[] {
  const parts = ORDER.filter((one) => entity === undefined || one === entity)
    .flatMap((one) => WRITTEN[one].map((side) => ({ entity: one, to: side })))
    .filter((part) => to === undefined || part.to === to);
  if (parts.length > 0) return parts;
  const message = 'articles are never written to Fortnox: name webcrm, or leave it out';
  throw new SyncError('invalid-body', `to: ${message}.`, { faults: [{ field: 'to', message }] });
}

/** What is paused, each with how many records of its kind wait: 1,000 stand for all that are more. */
export async function pausedView(
  store: { readonly decisions: Pick<Store['decisions'], 'waitingFor'> },
  { id, pausedParts }: Pick<Tenant, 'id' | 'pausedParts'>,
) {
  return Promise.all(
    pausedParts
      .filter(({ resuming }) => !resuming)
      .map(async ({ entity, to, since }) => {
        const waiting = await store.decisions.waitingFor(id, waitsForResume(entity), { limit: MOST_COUNTED });
        return { entity, to, since, waiting: waiting.length };
      }),
  );
}
