import { type Hint, type Job, type JobState, jobKey, PRIORITY, type Priority } from '../../../../schemas/records.ts';
import { AGAIN, NEWS } from '../../again.ts';
import { FAILING_ATTEMPTS } from '../../port.ts';
import type { Db, Row } from '../db.ts';
import { readPage } from '../paging.ts';
import { readJob } from './job-row.ts';
import type { OpsOf } from './types.ts';

const PRIORITIES = Object.values(PRIORITY);

// One statement each, so that a key that stands several times in a set merges with its own first row.
const INSERT = `
INSERT INTO jobs (tenant, key, entity, side, id, priority, state, attempts, run_at, created_at, import_id, full,
  again)
VALUES (?, ?, ?, ?, ?, ?, 'waiting', 0, ?, ?, ?, ?, ${AGAIN.no})
ON CONFLICT (tenant, key) DO UPDATE SET`;

const FAILED = '(attempts > 0 OR last_error IS NOT NULL)';

// A job that waits or runs is its first import's; one that was dead is begun anew, and by the import that begins it.
const HINT = `${INSERT}
  priority = min(priority, excluded.priority),
  import_id = CASE
    WHEN state = 'dead' THEN coalesce(excluded.import_id, import_id)
    ELSE coalesce(import_id, excluded.import_id) END,
  full = max(full, excluded.full),
  again = CASE
    WHEN state <> 'running' THEN ${AGAIN.no}
    WHEN again = ${AGAIN.more} OR excluded.full = 1 OR excluded.import_id IS NOT NULL THEN ${AGAIN.more}
    ELSE ${AGAIN.plain} END,
  attempts = CASE WHEN state = 'dead' THEN 0 ELSE attempts END,
  run_at = CASE
    WHEN state = 'running' THEN run_at
    WHEN state = 'dead' THEN excluded.run_at
    WHEN ${FAILED} AND excluded.priority <> ${PRIORITY.notification} THEN run_at
    ELSE min(run_at, excluded.run_at) END,
  state = CASE WHEN state = 'dead' THEN 'waiting' ELSE state END`;

const NUDGE = `${INSERT}
  priority = min(priority, excluded.priority),
  again = CASE WHEN state = 'running' AND again = ${AGAIN.no} THEN ${AGAIN.nudged} ELSE again END,
  run_at = CASE WHEN state = 'running' OR ${FAILED} THEN run_at ELSE min(run_at, excluded.run_at) END
  WHERE state <> 'dead'`;

const HAS_NEWS = `again IN (${NEWS.join(', ')})`;

const OWNED = `tenant = ? AND key = ? AND state = 'running' AND lease_owner = ?`;
const FREE = 'lease_owner = NULL, lease_until = NULL';

function enqueueOne(db: Db, hint: Hint, now: number): void {
  const { tenant, entity, side, id, priority } = hint;
  const full = hint.full === true ? 1 : 0;
  const sql = hint.nudge === true ? NUDGE : HINT;
  db.run(sql, tenant, jobKey(hint), entity, side, id, priority, now, now, hint.importId ?? null, full);
}

/** Due jobs in the order of the claim. Each priority is a range of its index, so that a long backlog costs nothing. */
function dueRows(db: Db, tenant: string, now: number, limit: number): Row[] {
  const rows = db.all(
    `SELECT * FROM jobs WHERE tenant = ? AND state = 'running' AND lease_until <= ?
     ORDER BY priority, run_at, created_at, seq LIMIT ?`,
    tenant,
    now,
    limit,
  );
  for (const priority of PRIORITIES)
    rows.push(
      ...db.all(
        `SELECT * FROM jobs WHERE tenant = ? AND state = 'waiting' AND priority = ? AND run_at <= ?
         ORDER BY run_at, created_at, seq LIMIT ?`,
        tenant,
        priority,
        now,
        limit,
      ),
    );
  const order = ['priority', 'run_at', 'created_at', 'seq'];
  const compare = (a: Row, b: Row) =>
    order.reduce((found, column) => found || Number(a[column]) - Number(b[column]), 0);
  return rows.sort(compare).slice(0, limit);
}

export const jobs: OpsOf<'jobs'> = {
  enqueue(db, hints, now) {
    for (const hint of hints) enqueueOne(db, hint, now);
  },
  claim(db, tenant, owner, now, leaseMs, limit) {
    if (limit < 1) return [];
    return dueRows(db, tenant, now, limit).map((row): Job => {
      const job = readJob(row);
      const leaseUntil = now + leaseMs;
      const attempts = job.state === 'running' ? job.attempts + 1 : job.attempts;
      db.run(
        `UPDATE jobs SET state = 'running', attempts = ?, lease_owner = ?, lease_until = ? WHERE seq = ?`,
        attempts,
        owner,
        leaseUntil,
        row.seq ?? null,
      );
      return { ...job, state: 'running', attempts, leaseOwner: owner, leaseUntil };
    });
  },
  renew: (db, tenant, key, owner, leaseUntil) =>
    db.run(`UPDATE jobs SET lease_until = ? WHERE ${OWNED}`, leaseUntil, tenant, key, owner) > 0,
  complete(db, tenant, key, owner, now) {
    if (db.run(`DELETE FROM jobs WHERE ${OWNED} AND again = ${AGAIN.no}`, tenant, key, owner) > 0) return true;
    // What the import asked is done: what runs now is what was asked meanwhile, such as the echo of its own write.
    const sql = `
UPDATE jobs SET state = 'waiting', attempts = 0, run_at = ?, last_error = NULL, again = ${AGAIN.no},
  full = CASE WHEN again = ${AGAIN.more} THEN full ELSE 0 END,
  import_id = CASE WHEN again = ${AGAIN.more} THEN import_id END, ${FREE}`;
    return db.run(`${sql} WHERE ${OWNED}`, now, tenant, key, owner) > 0;
  },
  release(db, tenant, key, owner, outcome) {
    // A hint that came while the job ran counts as one that comes after its death: it must not be lost.
    const dying = outcome.state === 'dead' ? 1 : 0;
    return (
      db.run(
        `UPDATE jobs SET
           state = CASE WHEN ? = 1 AND NOT ${HAS_NEWS} THEN 'dead' ELSE 'waiting' END,
           attempts = CASE WHEN ? = 1 AND ${HAS_NEWS} THEN 0 ELSE attempts + ? END,
           run_at = ?, last_error = coalesce(?, last_error), again = ${AGAIN.no}, ${FREE}
         WHERE ${OWNED}`,
        dying,
        dying,
        outcome.countAttempt ? 1 : 0,
        outcome.runAt,
        outcome.error === null ? null : JSON.stringify(outcome.error),
        tenant,
        key,
        owner,
      ) > 0
    );
  },
  releaseOwner(db, owner, now) {
    const sql = `UPDATE jobs SET state = 'waiting', again = ${AGAIN.no}, run_at = ?, ${FREE}`;
    db.run(`${sql} WHERE state = 'running' AND lease_owner = ?`, now, owner);
  },
  buryOwner(db, owner, now) {
    const sql = `UPDATE jobs SET state = 'waiting', attempts = attempts + 1, again = ${AGAIN.no}, run_at = ?, ${FREE}`;
    db.run(`${sql} WHERE state = 'running' AND lease_owner = ?`, now, owner);
  },
  get(db, tenant, key) {
    const row = db.get('SELECT * FROM jobs WHERE tenant = ? AND key = ?', tenant, key);
    return row === undefined ? null : readJob(row);
  },
  list(db, tenant, page) {
    const ofTenant = ['tenant = ?', tenant] as const;
    return readPage(
      db,
      {
        table: 'jobs',
        where: page.state === undefined ? [ofTenant] : [ofTenant, ['state = ?', page.state]],
        keys: [
          ['created_at', 'number'],
          ['seq', 'number'],
        ],
        descending: false,
        read: readJob,
      },
      page,
    );
  },
  counts(db, tenant) {
    const counts: Record<JobState, number> = { waiting: 0, running: 0, dead: 0 };
    for (const row of db.all('SELECT state, count(*) AS n FROM jobs WHERE tenant = ? GROUP BY state', tenant))
      counts[row.state as JobState] = Number(row.n);
    return counts;
  },
  depth(db, tenant, without = []) {
    // The others are one parameter, however many they are.
    const [of, ...given] =
      tenant !== null
        ? ['WHERE tenant = ?', tenant]
        : without.length === 0
          ? ['']
          : ['WHERE tenant NOT IN (SELECT value FROM json_each(?))', JSON.stringify(without)];
    const sql = `SELECT state, priority, count(*) AS n, min(run_at) AS oldest FROM jobs ${of} GROUP BY state, priority`;
    return db.all(sql, ...given).map((row) => ({
      state: row.state as JobState,
      priority: Number(row.priority) as Priority,
      count: Number(row.n),
      oldestRunAt: Number(row.oldest),
    }));
  },
  countImport(db, tenant, importId) {
    const row = db.get(
      `SELECT count(*) AS open, count(CASE WHEN state = 'dead' THEN 1 END) AS dead,
         count(CASE WHEN state = 'waiting' AND attempts >= ? THEN 1 END) AS failing
       FROM jobs WHERE tenant = ? AND import_id = ?`,
      FAILING_ATTEMPTS,
      tenant,
      importId,
    );
    return { open: Number(row?.open ?? 0), dead: Number(row?.dead ?? 0), failing: Number(row?.failing ?? 0) };
  },
  cancelImport(db, tenant, importId) {
    const waiting = `tenant = ? AND import_id = ? AND state = 'waiting'`;
    // One that a notification or a poll asked for too is theirs from now on: their change must not be lost.
    const sql = `UPDATE jobs SET import_id = NULL WHERE ${waiting} AND priority < ${PRIORITY.import}`;
    const passedOn = db.run(sql, tenant, importId);
    return passedOn + db.run(`DELETE FROM jobs WHERE ${waiting}`, tenant, importId);
  },
  forget: (db, tenant, keys) =>
    keys.reduce((count, key) => count + db.run('DELETE FROM jobs WHERE tenant = ? AND key = ?', tenant, key), 0),
  retry(db, tenant, keys, now) {
    const sql = `UPDATE jobs SET state = 'waiting', attempts = 0, run_at = ? WHERE tenant = ? AND state = 'dead'`;
    if (keys === null) return db.run(sql, now, tenant);
    return keys.reduce((count, key) => count + db.run(`${sql} AND key = ?`, now, tenant, key), 0);
  },
  nextDue(db, tenant) {
    const times = PRIORITIES.map((priority) =>
      db.get(
        `SELECT min(run_at) AS at FROM jobs WHERE tenant = ? AND state = 'waiting' AND priority = ?`,
        tenant,
        priority,
      ),
    );
    times.push(db.get(`SELECT min(lease_until) AS at FROM jobs WHERE tenant = ? AND state = 'running'`, tenant));
    const known = times.flatMap((row) => (typeof row?.at === 'number' ? [row.at] : []));
    return known.length === 0 ? null : Math.min(...known);
  },
  dueAmong: (db, tenants, now) => tenants.filter((tenant) => dueRows(db, tenant, now, 1).length > 0),
};
