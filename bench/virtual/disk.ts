import type { Runtime } from '../../src/runtime.ts';
import { createEngine } from '../../src/store/embedded/engine.ts';
import { createFacade } from '../../src/store/embedded/facade.ts';
import { isRead, type Op } from '../../src/store/embedded/ops/index.ts';
import type { Store } from '../../src/store/port.ts';

/** What the store costs: a usual disk's fsync, and the work of an operation as measured with the embedded store. */
const FSYNC_MS = 5;
const OPERATION_MS = 0.1;
/** As `worker-client.ts`. */
const BATCH = 500;

/**
 * The embedded store with the time that its thread takes: one batch at a time, one fsync a batch that writes, and what arrives
 * meanwhile waits for the next. So tenants stand in each other's way in virtual time as they do on a machine. `peek` is the same
 * store at once, for whoever watches.
 */
export function createSlowStore(runtime: Runtime): { store: Store; peek: Store } {
  const engine = createEngine(':memory:');
  let queue: { op: Op; resolve(value: unknown): void; reject(error: unknown): void }[] = [];
  let busy = false;

  function work(): void {
    if (busy || queue.length === 0) return;
    busy = true;
    const batch = queue.splice(0, BATCH);
    const results = batch.map(({ op }) => {
      try {
        return { value: engine.run(op) };
      } catch (error) {
        return { error };
      }
    });
    const writes = batch.some(({ op }) => !isRead(op));
    runtime.setTimer(Math.round(batch.length * OPERATION_MS + (writes ? FSYNC_MS : 0)), () => {
      busy = false;
      for (const [at, { resolve, reject }] of batch.entries()) {
        const result = results[at] as { value?: unknown; error?: unknown };
        if ('error' in result) reject(result.error);
        else resolve(result.value);
      }
      work();
    });
  }

  const close = async () => {
    queue = [];
    engine.close();
  };
  const peek = createFacade(async (op) => engine.run(op), close);
  const store = createFacade(
    (op) =>
      new Promise((resolve, reject) => {
        queue.push({ op, resolve, reject });
        work();
      }),
    close,
  );
  return { store, peek };
}
