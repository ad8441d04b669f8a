import { type Job, jobKey, PRIORITY } from '../../schemas/records.ts';
import type { RecordRef } from './record-ref.ts';

/** The job of a record that a person asks for: it runs now, reads both sides, and is in no queue. Times in ms. */
export const askedJob = (tenant: string, record: RecordRef, now: number, createdAt = now): Job => ({
  ...record,
  tenant,
  key: jobKey(record),
  priority: PRIORITY.notification,
  state: 'running',
  attempts: 0,
  runAt: now,
  createdAt,
  importId: null,
  full: true,
  again: false,
  leaseOwner: null,
  leaseUntil: null,
  lastError: null,
});
