import type { Job } from '../../../../schemas/records.ts';
import { AGAIN } from '../../again.ts';
import type { Row } from '../db.ts';

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** The job of a row: jobs are columns only, since each of their fields is asked for or changed by itself. */
export function readJob(row: Row): Job {
  const error = textOrNull(row.last_error);
  return {
    tenant: String(row.tenant),
    entity: row.entity as Job['entity'],
    side: row.side as Job['side'],
    id: String(row.id),
    key: String(row.key),
    priority: row.priority as Job['priority'],
    state: row.state as Job['state'],
    attempts: Number(row.attempts),
    runAt: Number(row.run_at),
    createdAt: Number(row.created_at),
    importId: textOrNull(row.import_id),
    full: row.full === 1,
    again: Number(row.again) !== AGAIN.no,
    leaseOwner: textOrNull(row.lease_owner),
    leaseUntil: typeof row.lease_until === 'number' ? row.lease_until : null,
    lastError: error === null ? null : (JSON.parse(error) as Job['lastError']),
  };
}
