import { type Hint, type Job, type JobState, jobKey, PRIORITY } from '../../schemas/records.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import { AGAIN, NEWS } from '../../src/store/again.ts';
import { FAILING_ATTEMPTS, type JobDepth, type Store } from '../../src/store/port.ts';

type Held = { -readonly [K in keyof Job as Exclude<K, 'again'>]: Job[K] } & { readonly seq: number; came: number };

const inOrder = (a: Held, b: Held): number =>
  a.priority - b.priority || a.runAt - b.runAt || a.createdAt - b.createdAt || a.seq - b.seq;
const plain = ({ seq: _seq, came, ...job }: Held): Job => ({ ...job, again: came !== AGAIN.no });

const came = (before: number, { full, importId, nudge }: Hint): number => {
  if (full === true || importId !== undefined || before === AGAIN.more) return AGAIN.more;
  if (nudge === true) return before === AGAIN.no ? AGAIN.nudged : before;
  return AGAIN.plain;
};

/**
 * The jobs of a store as plain objects: a history looks at its queue thousands of times, which took a third of its time in
 * SQL. It keeps the promises of the port, held to them by the same tests.
 */
export function createMemoryJobs(): Store['jobs'] & { endLeases(dueAt: number): void } {
  const held = new Map<string, Held>();
  let lastSeq = 0;
  const id = (tenant: string, key: string) => JSON.stringify([tenant, key]);
  const of = (tenant: string) => [...held.values()].filter((job) => job.tenant === tenant);
  const owned = (tenant: string, key: string, owner: string): Held | null => {
    const job = held.get(id(tenant, key));
    return job?.state === 'running' && job.leaseOwner === owner ? job : null;
  };
  const free = (job: Held, change: Partial<Held>) =>
    void Object.assign(job, { state: 'waiting', came: AGAIN.no, leaseOwner: null, leaseUntil: null }, change);

  function enqueueOne(hint: Hint, now: number): void {
    const { tenant, entity, side, id: record, priority } = hint;
    const key = jobKey(hint);
    const job = held.get(id(tenant, key));
    if (job === undefined) {
      lastSeq += 1;
      const fresh = { state: 'waiting', attempts: 0, runAt: now, createdAt: now, came: AGAIN.no } as const;
      const nobody = { leaseOwner: null, leaseUntil: null, lastError: null } as const;
      const importId = hint.importId ?? null;
      const full = hint.full ?? false;
      held.set(id(tenant, key), {
        tenant,
        entity,
        side,
        id: record,
        key,
        priority,
        importId,
        full,
        ...fresh,
        ...nobody,
        seq: lastSeq,
      });
      return;
    }
    if (hint.nudge && job.state === 'dead') return;
    const hasFailed = job.attempts > 0 || job.lastError !== null;
    const backsOff = hasFailed && (hint.nudge === true || priority !== PRIORITY.notification);
    const revived = job.state === 'dead';
    if (revived) Object.assign(job, { state: 'waiting', attempts: 0, runAt: now });
    else if (job.state === 'waiting' && !backsOff) job.runAt = Math.min(job.runAt, now);
    if (job.state === 'running') job.came = came(job.came, hint);
    job.priority = Math.min(job.priority, priority) as Job['priority'];
    // A job keeps the import that it was first queued by; a dead one goes with the import that revives it.
    job.importId = revived ? (hint.importId ?? job.importId) : (job.importId ?? hint.importId ?? null);
    job.full ||= hint.full ?? false;
  }

  function nextDue(tenant: string): number | null {
    const times = of(tenant).flatMap(({ state, runAt, leaseUntil }) =>
      state === 'waiting' ? [runAt] : state === 'running' && leaseUntil !== null ? [leaseUntil] : [],
    );
    return times.length === 0 ? null : Math.min(...times);
  }

  return {
    /** As the embedded store does when it is opened: whoever held a lease is dead, and its jobs are due when its calls have arrived. */
    endLeases(dueAt) {
      for (const job of held.values())
        if (job.state === 'running') free(job, { attempts: job.attempts + 1, runAt: Math.max(job.runAt, dueAt) });
    },
    async enqueue(hints, now) {
      for (const hint of hints) enqueueOne(hint, now);
    },
    async claim(tenant, owner, now, leaseMs, limit) {
      if (limit < 1) return [];
      const due = of(tenant).filter((job) =>
        job.state === 'waiting' ? job.runAt <= now : job.state === 'running' && (job.leaseUntil ?? 0) <= now,
      );
      return due
        .sort(inOrder)
        .slice(0, limit)
        .map((job) => {
          if (job.state === 'running') job.attempts += 1;
          Object.assign(job, { state: 'running', leaseOwner: owner, leaseUntil: now + leaseMs });
          return plain(job);
        });
    },
    async renew(tenant, key, owner, leaseUntil) {
      const job = owned(tenant, key, owner);
      if (job !== null) job.leaseUntil = leaseUntil;
      return job !== null;
    },
    async complete(tenant, key, owner, now) {
      const job = owned(tenant, key, owner);
      if (job === null) return false;
      const anew = { attempts: 0, runAt: now, lastError: null };
      if (job.came === AGAIN.more) free(job, anew);
      else if (job.came !== AGAIN.no) free(job, { ...anew, full: false, importId: null });
      else held.delete(id(tenant, key));
      return true;
    },
    async release(tenant, key, owner, outcome) {
      const job = owned(tenant, key, owner);
      if (job === null) return false;
      const dying = outcome.state === 'dead';
      const hasNews = NEWS.includes(job.came);
      const attempts = dying && hasNews ? 0 : job.attempts + (outcome.countAttempt ? 1 : 0);
      const state = dying && !hasNews ? 'dead' : 'waiting';
      free(job, { state, attempts, runAt: outcome.runAt, lastError: outcome.error ?? job.lastError });
      return true;
    },
    async releaseOwner(owner, now) {
      for (const job of held.values()) if (job.leaseOwner === owner) free(job, { runAt: now });
    },
    async buryOwner(owner, now) {
      for (const job of held.values())
        if (job.leaseOwner === owner) free(job, { runAt: now, attempts: job.attempts + 1 });
    },
    async get(tenant, key) {
      const job = held.get(id(tenant, key));
      return job === undefined ? null : plain(job);
    },
    async list(tenant, { state, limit, cursor }) {
      if (cursor !== undefined && !/^\d+\/\d+$/.test(cursor)) throw new SyncError('invalid-body', 'No such cursor');
      const [at = -1, seq = -1] = cursor?.split('/').map(Number) ?? [];
      const later = of(tenant)
        .filter((job) => state === undefined || job.state === state)
        .filter((job) => job.createdAt > at || (job.createdAt === at && job.seq > seq))
        .sort((a, b) => a.createdAt - b.createdAt || a.seq - b.seq);
      const shown = later.slice(0, limit);
      const last = shown.at(-1);
      const more = last !== undefined && later.length > limit;
      return { items: shown.map(plain), next: more ? `${last.createdAt}/${last.seq}` : null };
    },
    async depth(tenant, without = []) {
      const groups = new Map<string, JobDepth>();
      const all = () => [...held.values()].filter((job) => !without.includes(job.tenant));
      for (const { state, priority, runAt } of tenant === null ? all() : of(tenant)) {
        const group = groups.get(`${state} ${priority}`) ?? { state, priority, count: 0, oldestRunAt: runAt };
        const oldestRunAt = Math.min(group.oldestRunAt, runAt);
        groups.set(`${state} ${priority}`, { ...group, count: group.count + 1, oldestRunAt });
      }
      return [...groups.values()];
    },
    async counts(tenant) {
      const counts: Record<JobState, number> = { waiting: 0, running: 0, dead: 0 };
      for (const job of of(tenant)) counts[job.state] += 1;
      return counts;
    },
    async countImport(tenant, importId) {
      const own = of(tenant).filter((job) => job.importId === importId);
      const failing = own.filter(({ state, attempts }) => state === 'waiting' && attempts >= FAILING_ATTEMPTS);
      return { open: own.length, dead: own.filter(({ state }) => state === 'dead').length, failing: failing.length };
    },
    async cancelImport(tenant, importId) {
      const waiting = of(tenant).filter((job) => job.importId === importId && job.state === 'waiting');
      for (const job of waiting) {
        // Somebody else asked for it as well: it is no longer the import's, but stays.
        if (job.priority === PRIORITY.import) held.delete(id(tenant, job.key));
        else job.importId = null;
      }
      return waiting.length;
    },
    forget: async (tenant, keys) => keys.filter((key) => held.delete(id(tenant, key))).length,
    async retry(tenant, keys, now) {
      const dead = of(tenant).filter(({ state, key }) => state === 'dead' && (keys === null || keys.includes(key)));
      for (const job of dead) Object.assign(job, { state: 'waiting', attempts: 0, runAt: now });
      return dead.length;
    },
    nextDue: async (tenant) => nextDue(tenant),
    dueAmong: async (tenants, now) => tenants.filter((tenant) => (nextDue(tenant) ?? Number.POSITIVE_INFINITY) <= now),
  };
}
