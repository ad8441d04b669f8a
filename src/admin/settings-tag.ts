import type { Settings } from '../../schemas/settings.ts';
import { SyncError } from '../errors/sync-error.ts';
import { etagOf } from '../hash.ts';

/** The tag of these settings, whatever the order in which a store gives their fields. */
export const settingsTag = (settings: Settings): string => etagOf(JSON.stringify(settings, inOrder));

const inOrder = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value;

/**
 * Raises `precondition-failed` unless `ifMatch`, a header If-Match, names these settings. It is compared strongly, as the header is
 * (RFC 9110, 13.1.1): a weak tag names nothing.
 */
export function refuseOther(settings: Settings, ifMatch: string): void {
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (ifMatch.trim() === '*' || tags.includes(settingsTag(settings))) return;
  throw new SyncError(
    'precondition-failed',
    'Somebody else changed the settings since you read them: read them again, and send your change with their ETag.',
  );
}
