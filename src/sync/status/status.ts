import { isSyncError } from '../../errors/sync-error.ts';
import { REASONS, type Reason, sentenceOf } from '../reasons.ts';

/** webCRM's own words for where a delivery stands (webcrm.md 8.3). */
export type ErpStatus = 'Synchronized' | 'ReadyForSynchronization' | 'NotReadyForSynchronization';

/** What a person reads on the record (R75). */
export interface Status {
  readonly text: string;
  readonly erp: ErpStatus;
}

export const IN_STEP: Status = { text: 'In step with Fortnox.', erp: 'Synchronized' };
const FAILED = 'Failed: ';

/** What was done, and is over: the record is in step. */
const PASSING: ReadonlySet<string> = new Set<Reason>([
  'in-step',
  'linked-by-number',
  'linked-by-organisation-number',
  'linked-by-document-number',
  'recovered',
  'created-in-fortnox',
  'created-in-webcrm',
  'conflict-resolved',
  'first-link-overwrote',
  'value-cut',
  'number-put-back',
  'number-cannot-change',
  'cannot-be-empty',
  'lost-race',
  'owned-by-fortnox',
  'rows-conflict',
]);
/** Told, though the record is in step as far as it can be. */
const WARNED: ReadonlySet<string> = new Set<Reason>(['article-unknown', 'amount-discount']);
/** Goes on by itself. */
const WAITING: ReadonlySet<string> = new Set<Reason>([
  'waiting-for-customer',
  'waiting-for-paused-customer',
  'to-fortnox-paused',
  'to-webcrm-paused',
]);
/** Concerns whole registers of old records, or no record that a person looks at: each would cost a write for nothing. */
const SILENT: ReadonlySet<string> = new Set<Reason>([
  'before-start-date',
  'credit-on-original',
  'articles-not-followed',
]);

/** The reason that still stands, before those that are over: what a pair keeps as its reason. */
export const mostTelling = (reasons: readonly Reason[]): Reason =>
  reasons.find((reason) => !PASSING.has(reason)) ?? reasons[0] ?? 'in-step';

const isReason = (code: string): code is Reason => code in REASONS;

/** What is shown for a reason; null: nothing. */
export function statusOf(reason: string | null): Status | null {
  if (reason === null || PASSING.has(reason)) return IN_STEP;
  if (SILENT.has(reason) || !isReason(reason)) return null;
  const erp = WARNED.has(reason)
    ? 'Synchronized'
    : WAITING.has(reason)
      ? 'ReadyForSynchronization'
      : 'NotReadyForSynchronization';
  return { text: sentenceOf(reason), erp };
}

/** What is shown for a job that failed for good. Only our own words: an unknown error may carry anything. */
export const statusOfFailure = (error: unknown): Status => ({
  text: `${FAILED}${isSyncError(error) ? error.message : 'an error on our side; ask whoever runs the service.'}`,
  erp: 'NotReadyForSynchronization',
});

export const tellsFailure = (text: string | null): boolean => text?.startsWith(FAILED) ?? false;

/** Every text that stands for a reason: to tell our own from a person's. */
export const STATUS_TEXTS: readonly string[] = [
  IN_STEP.text,
  ...Object.values(REASONS).map(({ sentence }) => sentence),
];
