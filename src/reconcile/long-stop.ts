import type { Hold, Tenant } from '../../schemas/records.ts';
import { SIDES } from '../../schemas/records.ts';
import { cursorsOf, pollCursor } from '../intake/cursors.ts';
import { POLLED } from '../intake/followed.ts';
import { isLongStop } from '../intake/poller.ts';
import type { Runtime } from '../runtime.ts';
import { changeTenant } from '../store/change-tenant.ts';
import type { Store } from '../store/port.ts';
import { LONG_STOP, type LongStop } from '../sync/long-pause.ts';
import type { Helpers } from './phases.ts';
import type { Reconcile } from './reconcile.ts';

export interface LongStopDeps {
  readonly runtime: Runtime;
  readonly store: Store;
  /** Sees that webCRM has our hooks. */
  verifyHooks(tenant: Tenant): Promise<void>;
  /** Says in the tenant's activity what happened, and what to do. */
  say(tenantId: string, message: string, reasons: readonly string[]): Promise<void>;
  /** The tenant may have due jobs. */
  wakeJobs(tenantId: string): void;
}

export interface LongStops extends Pick<Helpers, 'checkHooks' | 'sayHeldUp' | 'decideHold'> {
  /**
   * Looks whether the tenant stood still for over a week. If so its jobs are held until what is to be done was counted, and the
   * run that does it stands ready: call it before work goes on. True: it was a long stop.
   */
  check(tenantId: string, reconcile: Pick<Reconcile, 'prepare'>): Promise<boolean>;
  /** A stop lasts while jobs wait for a person: asked at each look. */
  look(tenant: Tenant): Promise<void>;
}

const DAY_MS = 24 * 3_600_000;
const REASON: Hold['why'] = 'long-stop';
const TO_RELEASE = 'let them go with POST /api/tenants/:tenant/release.';

/** Whether the tenant's jobs wait for the count of a long stop. */
export const isHeldForCount = ({ hold }: Pick<Tenant, 'hold'>): boolean => hold?.why === REASON;

/** R73: what a stop of over a week left is counted before anything of it is worked. */
export function createLongStops(deps: LongStopDeps): LongStops {
  const { runtime, store } = deps;

  async function newestCursor(tenantId: string): Promise<number | null> {
    const names = SIDES.flatMap((side) => POLLED[side].map((entity) => pollCursor(side, entity)));
    const cursors = await cursorsOf(store, tenantId);
    const known = names.flatMap((name) => cursors.get(name) ?? []);
    return known.length === 0 ? null : Math.max(...known);
  }

  const readStop = async (tenantId: string): Promise<LongStop | null> =>
    (await store.states.get(tenantId, LONG_STOP)) as LongStop | null;

  async function setHold(tenantId: string, make: (present: Hold | null) => Hold | null): Promise<Tenant> {
    return changeTenant(store, tenantId, (tenant) => ({ hold: make(tenant.hold), updatedAt: runtime.now() }));
  }

  const check: LongStops['check'] = async (tenantId, reconcile) => {
    const newest = await newestCursor(tenantId);
    const now = runtime.now();
    if (newest === null || !isLongStop(newest, now)) return false;
    await store.states.put(tenantId, LONG_STOP, { from: newest, endedAt: now, heldUntil: now } satisfies LongStop, now);
    await reconcile.prepare(tenantId);
    await setHold(tenantId, (present) => present ?? { since: now, why: REASON, count: 0 });
    const days = Math.floor((now - newest) / DAY_MS);
    await deps.say(
      tenantId,
      `Nothing was synchronised for ${days} days. Both sides are read and compared first; until then jobs wait.`,
      [REASON],
    );
    return true;
  };

  return {
    check,
    async look(tenant) {
      if (!isHeldForCount(tenant)) return;
      const { id } = tenant;
      const stop = await readStop(id);
      const now = runtime.now();
      if (stop !== null) await store.states.put(id, LONG_STOP, { ...stop, heldUntil: now } satisfies LongStop, now);
    },
    checkHooks: ({ tenant }) => deps.verifyHooks(tenant),
    async sayHeldUp({ tenant, run }, message) {
      const { waiting } = await store.jobs.counts(tenant.id);
      await setHold(tenant.id, (present) => (present?.why === REASON ? { ...present, count: waiting } : present));
      await deps.say(
        tenant.id,
        `What the long stop left cannot be counted yet, and jobs wait until it is: ${message} It is tried again every few minutes ` +
          `(reconcile, phase ${run.phase}). So far ${waiting} records would be worked. If you do not want to wait, ${TO_RELEASE}`,
        [REASON],
      );
    },
    async decideHold({ tenant }) {
      const { waiting } = await store.jobs.counts(tenant.id);
      const { holdAbove } = tenant.settings;
      const isMany = waiting > holdAbove;
      const { hold } = await setHold(tenant.id, (present) => {
        // Somebody has let them go meanwhile, or something else holds them.
        if (present?.why !== REASON) return present;
        return isMany ? { ...present, count: waiting } : null;
      });
      if (hold?.why !== REASON) {
        deps.wakeJobs(tenant.id);
        return;
      }
      await deps.say(
        tenant.id,
        `After the long stop ${waiting} records would be worked, more than the ${holdAbove} that the settings allow (holdAbove). ` +
          `Nothing of it is written yet. Look at some of them with GET /api/tenants/:tenant/explain, then ${TO_RELEASE}`,
        [REASON],
      );
    },
  };
}
