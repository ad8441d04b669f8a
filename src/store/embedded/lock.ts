import { SyncError } from '../../errors/sync-error.ts';
import { openDb } from './db.ts';
import { isBusy } from './errors.ts';

/**
 * Takes the file for this process and returns what frees it. The operating system holds the lock, so that a process
 * that is killed frees it too. Raises `store-failed` when somebody else has it: the embedded store is for one instance.
 */
export function takeLock(path: string): () => void {
  const db = openDb(`${path}.lock`);
  try {
    // A predecessor that is just ending may need a moment.
    db.exec('PRAGMA busy_timeout = 250');
    db.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    db.close();
    if (!isBusy(cause)) throw cause;
    throw new SyncError(
      'store-failed',
      `The store ${path} is in use by another process: the embedded store is for one instance. Stop the other one, give this one its own DATA_DIR, or use MongoDB`,
      { cause },
    );
  }
  return () => {
    // The rollback frees the lock at once; closing alone waits until the last statement is collected.
    db.exec('ROLLBACK');
    db.close();
  };
}
