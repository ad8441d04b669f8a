import type { ImportRun } from '../../schemas/imports.ts';
import type { Activity } from '../../schemas/records.ts';
import { isSyncError } from '../errors/sync-error.ts';
import type { Store } from '../store/port.ts';

export interface StoreListener {
  /** In ms, running forward. */
  elapsed(): number;
  onOperation(operation: string, outcome: string, ms: number): void;
  /** A line of the activity log that is stored. */
  onLine(line: Activity): void;
  /** An import that came to another state. */
  onImport(state: ImportRun['state']): void;
}

type Methods = Record<string, (...args: unknown[]) => Promise<unknown>>;

/** The same store; each operation is timed, and what is stored of the log and of imports is told. */
export function measuredStore(store: Store, listener: StoreListener): Store {
  const states = new Map<string, ImportRun['state']>();

  function heard(operation: string, [first]: readonly unknown[]): void {
    if (operation === 'activity.insert') for (const line of first as Activity[]) listener.onLine(line);
    if (operation !== 'imports.put') return;
    const { tenant, id, state } = first as ImportRun;
    const name = `${tenant} ${id}`;
    if (states.get(name) === state) return;
    listener.onImport(state);
    // What has ended is put no more, or begins anew.
    if (state === 'done' || state === 'failed') states.delete(name);
    else states.set(name, state);
  }

  function timed(operation: string, run: (...args: unknown[]) => Promise<unknown> | undefined) {
    return async (...args: unknown[]) => {
      const from = listener.elapsed();
      let outcome = 'ok';
      try {
        const result = await run(...args);
        heard(operation, args);
        return result;
      } catch (error) {
        outcome = isSyncError(error) ? error.code : 'internal';
        throw error;
      } finally {
        listener.onOperation(operation, outcome, listener.elapsed() - from);
      }
    };
  }

  const groups = Object.entries(store).map(([group, methods]) => {
    if (group === 'ping') return [group, timed('ping', () => store.ping())];
    if (typeof methods !== 'object') return [group, methods];
    const measured = Object.keys(methods).map((method) => [
      method,
      timed(`${group}.${method}`, (...args) => (methods as Methods)[method]?.(...args)),
    ]);
    return [group, Object.fromEntries(measured)];
  });
  return Object.fromEntries(groups) as Store;
}
