import type { Store } from '../port.ts';
import { createEngine, type EngineOptions } from './engine.ts';
import { createFacade } from './facade.ts';

/**
 * The same store in this thread: each operation is done when its call returns, and its promise takes a microtask only.
 * For virtual time and small tools; with a file each write stops the event loop for an fsync.
 */
export function createInlineStore(path = ':memory:', options: EngineOptions = {}): Store {
  const engine = createEngine(path, options);
  return createFacade(
    async (op) => engine.run(op),
    async () => engine.close(),
  );
}
