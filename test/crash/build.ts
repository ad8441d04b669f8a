import { join } from 'node:path';
import { bundle } from '../support/bundle.ts';

/** The service with the child as one file, and the store's thread beside it as another. `entry` is the child's. Raises what `bundle` raises. */
export async function buildChild(): Promise<{ entry: string; remove(): Promise<void> }> {
  const { folder, remove } = await bundle({
    child: 'test/crash/child.ts',
    worker: 'src/store/embedded/worker.ts',
  });
  return { entry: join(folder, 'child.js'), remove };
}
