import { type Entity, type Hint, jobKey, PRIORITY, SIDES } from '../../schemas/records.ts';
import { SyncError } from '../errors/sync-error.ts';
import { followed, POLLED } from '../intake/followed.ts';
import { CHANGE_LISTS } from '../intake/poll-reads.ts';
import type { RecordRef } from '../sync/record-ref.ts';
import { askedFor, type MendingDeps, type Request, refused } from './deps.ts';

const DAY_MS = 86_400_000;
/** What lies further back is an import's matter. */
const LONGEST_DAYS = 31;

/** Queues records before everything else, both sides to be read whatever one shows. Raises `invalid-body` for an entity that the side lacks. */
export async function syncRecords(
  deps: Pick<MendingDeps, 'hint'>,
  request: Request,
  records: readonly RecordRef[],
): Promise<string[]> {
  for (const { entity, side } of records) {
    if (POLLED[side].includes(entity)) continue;
    const message = `is not kept in ${side}: name one of ${POLLED[side].join(', ')}`;
    throw new SyncError('invalid-body', `entity ${message}.`, { faults: [{ field: 'entity', message }] });
  }
  await deps.hint(askedFor(request, records));
  return records.map(jobKey);
}

/**
 * Queues everything that changed on either side since an instant (ms), behind live changes. Resolves with their count when all are
 * stored. Raises `conflict` when the tenant is not connected or the instant lies further back than 31 days, and what the vendors raise.
 */
export async function syncSince(deps: MendingDeps, { tenant }: Request, since: number): Promise<number> {
  const now = deps.runtime.now();
  if (tenant.state !== 'connected') throw refused('The tenant is not connected: connect or resume it first.');
  if (since > now) throw refused('The time lies in the future.');
  if (now - since > LONGEST_DAYS * DAY_MS)
    throw refused(`The time lies more than ${LONGEST_DAYS} days back: start an import instead.`);
  const clients = deps.connection(tenant.id);
  let count = 0;
  for (const side of SIDES) {
    for (const entity of followed(tenant, side)) {
      const accept = async (gives: Entity, ids: readonly string[]) => {
        count += ids.length;
        await deps.hint(
          ids.map(
            (id) =>
              ({ tenant: tenant.id, entity: gives, side, id, priority: PRIORITY.poll, full: true }) satisfies Hint,
          ),
        );
      };
      const list = CHANGE_LISTS[side][entity];
      if (list !== undefined) await list.read(clients, since, now, PRIORITY.poll, (ids) => accept(list.gives, ids));
      else
        await clients.fortnox.listArticles(since, PRIORITY.poll, async (rows) => {
          await accept(
            'article',
            rows.map((row) => row.ArticleNumber),
          );
          return true;
        });
    }
  }
  return count;
}
