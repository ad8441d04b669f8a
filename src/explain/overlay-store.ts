import type { Activity, Pair, Tenant } from '../../schemas/records.ts';
import { SyncError } from '../errors/sync-error.ts';
import type { Store } from '../store/port.ts';
import { overlayPairs } from './overlay-pairs.ts';

/** A decision not to write that the job would store. */
export interface ToldDecision {
  readonly reason: string | null;
  /** `webcrm:OrganisationId` or `fortnox:CustomerNumber`; null: it waits for no customer. */
  readonly waitsFor: string | null;
}

/** A store for a rehearsal, and what would have been written to it. */
export interface Overlay {
  readonly store: Store;
  readonly pairs: ReadonlyMap<string, Pair | null>;
  readonly lines: readonly Activity[];
  readonly decisions: readonly ToldDecision[];
}

const refused = (what: string) => async (): Promise<never> => {
  throw new SyncError('internal', `A rehearsal does not write ${what}.`);
};

/**
 * Reads go through to the real store, writes stay here. `forget` is a pair whose last reason is forgotten, and no decision
 * counts as told already: so the job says everything again, also what it would not repeat in the log. A conflict keeps its
 * reason: jobs go by it (R72).
 */
export function createOverlay(real: Store, forget: Pair | null): Overlay {
  const pairs = new Map<string, Pair | null>();
  if (forget !== null && forget.state !== 'conflict') pairs.set(forget.id, { ...forget, reason: null });
  const tenants = new Map<string, Tenant>();
  const lines: Activity[] = [];
  const decisions: ToldDecision[] = [];

  const store: Store = {
    ...real,
    tenants: {
      ...real.tenants,
      insert: refused('tenants'),
      get: async (id) => tenants.get(id) ?? real.tenants.get(id),
      async replace(tenant) {
        const next = { ...tenant, version: tenant.version + 1 };
        tenants.set(tenant.id, next);
        return next;
      },
      remove: refused('tenants'),
    },
    secrets: { ...real.secrets, put: refused('secrets') },
    pairs: overlayPairs(real.pairs, pairs),
    jobs: {
      ...real.jobs,
      enqueue: refused('jobs'),
      claim: refused('jobs'),
      renew: refused('jobs'),
      complete: refused('jobs'),
      release: refused('jobs'),
      releaseOwner: refused('jobs'),
      buryOwner: refused('jobs'),
      cancelImport: refused('jobs'),
      forget: refused('jobs'),
      retry: refused('jobs'),
    },
    cursors: { ...real.cursors, put: refused('cursors') },
    activity: {
      ...real.activity,
      async insert(told) {
        lines.push(...told);
      },
      forget: refused('activity'),
      expire: refused('activity'),
    },
    decisions: {
      ...real.decisions,
      async set(_tenant, _entity, _side, _id, reason, _now, waitsFor) {
        decisions.push({ reason, waitsFor: waitsFor ?? null });
        return true;
      },
    },
    imports: { ...real.imports, put: refused('imports') },
    // Marks of what changed since an import listed it: nothing that a decision of this rehearsal rests on.
    listed: {
      ...real.listed,
      put: refused('lists'),
      touch: async () => {},
      forget: refused('lists'),
      clear: refused('lists'),
    },
    states: { ...real.states, put: refused('states') },
    fenced: {
      ...real.fenced,
      put: refused('what instances share'),
      delete: refused('what instances share'),
      expire: refused('what instances share'),
    },
    mail: { put: refused('letters'), take: refused('letters'), expire: refused('letters') },
    alerts: { ...real.alerts, put: refused('alerts') },
    alertTargets: { ...real.alertTargets, put: refused('alert targets'), delete: refused('alert targets') },
    tokens: { ...real.tokens, insert: refused('tokens'), replace: refused('tokens'), use: refused('tokens') },
    answers: { ...real.answers, begin: refused('answers'), finish: refused('answers'), drop: refused('answers') },
    tombstones: { ...real.tombstones, put: refused('tombstones'), remove: refused('tombstones') },
    seen: { add: refused('seen notifications') },
    ping: refused('anything'),
    close: refused('anything'),
  };
  return { store, pairs, lines, decisions };
}
