import { type Side, VENDOR_NAMES } from '../../schemas/records.ts';
import { SyncError } from '../errors/sync-error.ts';
import { sha256 } from '../hash.ts';
import type { Runtime } from '../runtime.ts';
import type { Send } from './http.ts';
import { writtenBy } from './writes.ts';

/** So often the same values may be written to one record within the time: no person takes back one edit that often. */
export const MOST_REPEATS = 8;
export const REPEATS_WITHIN_MS = 15 * 60_000;
/** Written addresses that are remembered, the latest ones. */
const REMEMBERED = 1_000;
const ROW_ID = /"RowId":"?(\d+)"?/g;

/**
 * Sends as `send` does, but ends a loop: an update that the vendor took eight times within 15 minutes, and that is to be made again, does
 * not stay there, for a reason that we do not know; each try would bring its own notification and the next try. Raises `write-repeats`.
 */
export function withoutRepeats(runtime: Pick<Runtime, 'elapsed'>, side: Side, send: Send): Send {
  /** When each update was taken, by its address and values; the latest last. */
  const taken = new Map<string, number[]>();

  return async (request) => {
    if (request.method !== 'PUT' || writtenBy(side, request) === null) return send(request);
    const key = sha256(`${request.url} ${byPlace(request.body ?? '')}`);
    const since = runtime.elapsed() - REPEATS_WITHIN_MS;
    const times = (taken.get(key) ?? []).filter((at) => at > since);
    if (times.length >= MOST_REPEATS)
      throw new SyncError(
        'write-repeats',
        `${VENDOR_NAMES[side]} took ${request.method} ${request.route} with the same values ${times.length} times within ${REPEATS_WITHIN_MS / 60_000} minutes, and they do not stay there. Make the record equal on both sides by hand, then retry.`,
      );
    const answer = await send(request);
    if (answer.status < 300) {
      taken.delete(key);
      taken.set(key, [...times, runtime.elapsed()]);
      for (const oldest of taken.keys()) {
        if (taken.size <= REMEMBERED) break;
        taken.delete(oldest);
      }
    }
    return answer;
  };
}

/** Fortnox gives all rows of a document new ids with each update, in their order (fortnox.md 8): the same update names others. */
function byPlace(body: string): string {
  const named = [...body.matchAll(ROW_ID)].map(([, id]) => Number(id)).sort((a, b) => a - b);
  return body.replace(ROW_ID, (_, id) => `"RowId":#${named.indexOf(Number(id))}`);
}
