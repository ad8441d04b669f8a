import { isSyncError } from '../errors/sync-error.ts';

/** A change that loses against another writer is made anew on what is stored then, this often. */
const CHANGE_TRIES = 5;

/** Whether the write was refused because another writer was faster: what was read no longer stands. */
export const isVersionChanged = (error: unknown): boolean => isSyncError(error) && error.code === 'version-changed';

/**
 * Runs `change`, which reads a document, makes another of it and writes that, again when another writer was faster. Raises
 * `version-changed` after five tries, and what `change` raises.
 */
export async function retryChanged<T>(change: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await change();
    } catch (error) {
      if (!isVersionChanged(error) || tries >= CHANGE_TRIES) throw error;
    }
  }
}
