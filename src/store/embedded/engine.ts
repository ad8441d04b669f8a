import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { SyncError } from '../../errors/sync-error.ts';
import { type Db, openDb } from './db.ts';
import { isBusy, type PlainError, toPlain, toSyncError } from './errors.ts';
import { takeLock } from './lock.ts';
import { isRead, OPS, type Op } from './ops/index.ts';
import { MIGRATIONS, type Migration, migrate } from './schema.ts';

export type OpResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: PlainError };

/** The store on one connection, without promises. Everything that returned is durable. */
export interface Engine {
  /** Runs one operation in a transaction of its own. Raises SyncError. */
  run(op: Op): unknown;
  /** Runs all in one commit; one operation's failure undoes that operation alone. Raises SyncError when none was kept. */
  runBatch(ops: readonly Op[]): OpResult[];
  close(): void;
}

const BUSY_TRIES = 3;

export interface EngineOptions {
  readonly migrations?: readonly Migration[];
  /** How long one of the three tries to begin waits for a foreign writer, such as a backup. */
  readonly busyTimeoutMs?: number;
  /** When jobs that a dead process had begun are due, ms; at once when not given. */
  readonly abandonedDueAt?: number;
  /** How the file is opened; the tests fill its disk. */
  readonly open?: (path: string) => Db;
}

/** Opens the file (made with its folder when absent, readable by its owner only) or `:memory:`. Raises `store-failed`. */
export function createEngine(path: string, options: EngineOptions = {}): Engine {
  const inMemory = path === ':memory:';
  let unlock = () => {};
  let db: Db | undefined;
  try {
    if (!inMemory) {
      makePrivate(path);
      unlock = takeLock(path);
    }
    db = (options.open ?? openDb)(path);
    configure(db, options.busyTimeoutMs ?? 2000);
    migrate(db, options.migrations ?? MIGRATIONS);
    if (!inMemory) endLeases(db, options.abandonedDueAt ?? 0);
  } catch (error) {
    db?.close();
    unlock();
    throw toSyncError(error);
  }
  return engineOn(db, () => {
    if (!inMemory) db.all('PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
    unlock();
  });
}

function makePrivate(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  for (const file of [path, `${path}.lock`]) closeSync(openSync(file, 'a', 0o600));
}

/**
 * The lock makes us the only instance: whoever held a lease is dead, and its jobs need not wait for the lease's end. As at
 * such an end, the run counts as an attempt: it may be what the process died of.
 */
function endLeases(db: Db, dueAt: number): void {
  db.run(
    `UPDATE jobs SET state = 'waiting', attempts = attempts + 1, again = 0, lease_owner = NULL, lease_until = NULL,
       run_at = max(run_at, ?)
     WHERE state = 'running'`,
    dueAt,
  );
}

function configure(db: Db, busyTimeoutMs: number): void {
  db.exec(`PRAGMA busy_timeout = ${Math.trunc(busyTimeoutMs)}`);
  db.exec('PRAGMA journal_mode = WAL');
  // In WAL mode only FULL syncs the log at each commit; NORMAL may lose acknowledged writes with the power.
  db.exec('PRAGMA synchronous = FULL');
  db.exec('PRAGMA foreign_keys = ON');
  // What is deleted is overwritten: an erased person is in no free page of the file (R77).
  db.all('PRAGMA secure_delete = ON');
}

function engineOn(db: Db, shut: () => void): Engine {
  let open = true;

  function call(op: Op): unknown {
    const run = OPS.get(op.name);
    if (!run) throw new SyncError('store-failed', `The store has no operation ${op.name}`);
    return run(db, ...op.args);
  }

  function begin(mode: 'BEGIN' | 'BEGIN IMMEDIATE'): void {
    for (let attempt = 1; ; attempt++) {
      try {
        db.exec(mode);
        return;
      } catch (error) {
        if (!isBusy(error) || attempt === BUSY_TRIES) throw error;
      }
    }
  }

  function attempt(op: Op): OpResult {
    const write = !isRead(op);
    if (write) db.exec('SAVEPOINT op');
    try {
      const value = call(op);
      if (write) db.exec('RELEASE op');
      return { ok: true, value };
    } catch (error) {
      // A full disk and the like end the whole transaction: then nothing of the batch was kept.
      if (!db.inTransaction) throw error;
      if (write) db.exec('ROLLBACK TO op; RELEASE op');
      return { ok: false, error: toPlain(toSyncError(error)) };
    }
  }

  function inTransaction<T>(ops: readonly Op[], work: () => T): T {
    begin(ops.every(isRead) ? 'BEGIN' : 'BEGIN IMMEDIATE');
    try {
      const result = work();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }

  function guarded<T>(work: () => T): T {
    if (!open) throw new SyncError('store-failed', 'The store is closed');
    try {
      return work();
    } catch (error) {
      throw toSyncError(error);
    }
  }

  return {
    run: (op) => guarded(() => (isRead(op) ? call(op) : inTransaction([op], () => call(op)))),
    runBatch: (ops) => guarded(() => inTransaction(ops, () => ops.map(attempt))),
    close() {
      if (!open) return;
      open = false;
      shut();
    },
  };
}
