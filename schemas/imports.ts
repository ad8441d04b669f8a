import type { Side } from './records.ts';

/** What an import may cover, in the order in which it is worked off: what others lean on comes first. */
export const IMPORT_KINDS = ['article', 'customer', 'order', 'invoice', 'delivery'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** On which side missing records are made, and who wins where two values differ at the first link (R21). */
export const IMPORT_DIRECTIONS = ['both', 'to-fortnox', 'to-webcrm'] as const;
export type ImportDirection = (typeof IMPORT_DIRECTIONS)[number];

/** What an import would do, or did, with a record. */
export const IMPORT_OUTCOMES = [
  'create-in-fortnox',
  'create-in-webcrm',
  /** Linked or to be linked, with values that differ. */
  'update',
  /** Linked or to be linked, nothing differs. */
  'match',
  /** An equal name alone: a person decides (R20). */
  'propose',
  /** Several fit, or identifiers contradict: a person decides (R20). */
  'conflict',
  /** Left alone, with a reason: another Type, no number, the other direction ... */
  'skip',
] as const;
export type ImportOutcome = (typeof IMPORT_OUTCOMES)[number];

/**
 * `listing` both sides are read; `comparing` each record is matched, and read where its values are to be compared; `ready`:
 * a dry run ended here, and may be started; `running` jobs are worked off; `stopped` by a person, may be resumed; `done`;
 * `failed` before it ran: started anew.
 */
export type ImportState = 'listing' | 'comparing' | 'ready' | 'running' | 'stopped' | 'done' | 'failed';

/**
 * A time in which nothing interrupted the work on a tenant, so that what changed meanwhile was heard of. Names, which are only compared:
 * clocks of two machines are not.
 */
export interface Stretch {
  /** The instance, in its present life, and its present stretch of owning the tenant. */
  readonly works: string;
  /** `updatedAt` of the tenant: a pause, a resume, a broken connection and other settings all change it. */
  readonly tenant: number;
}

export interface ImportRun {
  readonly schema: 2;
  readonly id: string;
  readonly tenant: string;
  readonly kinds: readonly ImportKind[];
  readonly direction: ImportDirection;
  /** Documents and deliveries dated from this calendar date on; null: the tenant's start date (R13). */
  readonly from: string | null;
  /** Ends at `ready` and waits to be started. */
  readonly dryRun: boolean;
  readonly state: ImportState;
  /** Records found on both sides; jobs of them that are queued. Done are those queued that are no open job any more. */
  readonly total: number;
  readonly compared: number;
  readonly queued: number;
  readonly counts: Readonly<Partial<Record<ImportOutcome, number>>>;
  /** Where listing, comparing or queueing goes on after a stop or a crash. */
  readonly step: string | null;
  /** In which stretch of work both sides were listed. Absent: before this was kept, or not begun. */
  readonly listedIn?: Stretch;
  readonly startedAt: number;
  /** When the jobs began to run: the rate is reckoned from here. */
  readonly runningSince: number | null;
  readonly finishedAt: number | null;
  readonly error: string | null;
}

/**
 * A record that an import listed (R24): what it is matched by, without a call, and what will be done with it. Kept in the store, so that
 * memory stays flat; gone when the import is.
 */
export interface Listed {
  readonly importId: string;
  readonly tenant: string;
  readonly kind: ImportKind;
  readonly side: Side;
  readonly id: string;
  readonly name: string | null;
  readonly number: string | null;
  readonly organisationNumber: string | null;
  /** The vendor's record as listed, without its empty fields; null where the list holds a part only. */
  readonly record: Readonly<Record<string, unknown>> | null;
  /** Something changed since it was listed: it is read singly. */
  readonly stale: boolean;
  readonly partner: string | null;
  readonly outcome: ImportOutcome | null;
  readonly reason: string | null;
  /** What would be overwritten: every value, with the side that loses it. */
  readonly lost: readonly { field: string; before: string | null; after: string | null; side: Side }[];
}
