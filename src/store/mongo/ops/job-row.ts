import { type Job, jobKey } from '../../../../schemas/records.ts';
import { AGAIN } from '../../again.ts';
import { fromStoredText, toStoredText } from '../../stored-text.ts';
import { idOf, type Row, textOrNull } from '../mongo.ts';

/** A job is fields only, since each of them is asked for or changed by itself. `dueAt`: when it is to run, null for a dead one. */
export const jobRow = (job: Job, seq: number): Row => ({
  _id: idOf(job.tenant, jobKey(job)),
  tenant: toStoredText(job.tenant),
  key: toStoredText(job.key),
  entity: job.entity,
  side: job.side,
  id: toStoredText(job.id),
  priority: job.priority,
  state: job.state,
  attempts: job.attempts,
  runAt: job.runAt,
  dueAt: job.state === 'dead' ? null : job.state === 'running' ? job.leaseUntil : job.runAt,
  createdAt: job.createdAt,
  seq,
  importId: job.importId === null ? null : toStoredText(job.importId),
  full: job.full,
  again: job.again ? AGAIN.plain : AGAIN.no,
  leaseOwner: job.leaseOwner === null ? null : toStoredText(job.leaseOwner),
  leaseUntil: job.leaseUntil,
  claim: null,
  lastError: job.lastError === null ? null : JSON.stringify(job.lastError),
});

export const readJob = (row: Row): Job => ({
  tenant: fromStoredText(String(row.tenant)),
  entity: row.entity as Job['entity'],
  side: row.side as Job['side'],
  id: fromStoredText(String(row.id)),
  key: fromStoredText(String(row.key)),
  priority: row.priority as Job['priority'],
  state: row.state as Job['state'],
  attempts: Number(row.attempts),
  runAt: Number(row.runAt),
  createdAt: Number(row.createdAt),
  importId: textOrNull(row.importId),
  full: row.full === true,
  again: Number(row.again) !== AGAIN.no,
  leaseOwner: textOrNull(row.leaseOwner),
  leaseUntil: typeof row.leaseUntil === 'number' ? row.leaseUntil : null,
  lastError: typeof row.lastError === 'string' ? (JSON.parse(row.lastError) as Job['lastError']) : null,
});
