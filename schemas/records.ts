/** The documents that the store keeps. `schema` is the version of a document's form, raised with every change of it. */
import type { RowPair } from './delivery.ts';
import type { IntendedWrite } from './intended.ts';
import type { Settings } from './settings.ts';

export const SIDES = ['webcrm', 'fortnox'] as const;
export type Side = (typeof SIDES)[number];
/** The vendors as sentences name them. */
export const VENDOR_NAMES: Readonly<Record<Side, string>> = { webcrm: 'webCRM', fortnox: 'Fortnox' };
/** What a hint speaks of; the side tells whose record it is. A `line` is a quotation line of a delivery. */
export type Entity = 'customer' | 'article' | 'delivery' | 'line' | 'order' | 'invoice';
/** What is kept in pairs; the names are those of webCRM's side. */
export type PairEntity = 'customer' | 'article' | 'delivery';
/** What the other half of a pair is in Fortnox. */
export type FortnoxKind = 'customer' | 'article' | 'order' | 'invoice';
export const otherSide = (side: Side): Side => (side === 'webcrm' ? 'fortnox' : 'webcrm');

/** Lower goes first. */
export const PRIORITY = { notification: 0, poll: 1, import: 2 } as const;
export type Priority = (typeof PRIORITY)[keyof typeof PRIORITY];

/** "This record may have changed": where every change begins. Nothing else of a notification is trusted. */
export interface Hint {
  readonly tenant: string;
  readonly entity: Entity;
  readonly side: Side;
  /** The vendor's own id as a string: OrganisationId, CustomerNumber, DocumentNumber ... */
  readonly id: string;
  readonly priority: Priority;
  /** Set by an import: it counts its jobs by this. */
  readonly importId?: string;
  /** Both sides are read whatever the one that the hint speaks of shows: asked by a person, an import or reconcile. */
  readonly full?: boolean;
  /**
   * Another job asks that the record be looked at; nothing is known to have changed. A job of it that failed keeps its time, and a dead
   * one stays dead: two jobs that ask for each other would never end.
   */
  readonly nudge?: true;
}

export type JobState = 'waiting' | 'running' | 'dead';

/** One record's work. Its key is (tenant, entity, side, id): a hint for a waiting job merges into it. */
export interface Job {
  readonly tenant: string;
  readonly entity: Entity;
  readonly side: Side;
  readonly id: string;
  readonly key: string;
  readonly priority: Priority;
  readonly state: JobState;
  readonly attempts: number;
  readonly runAt: number;
  readonly createdAt: number;
  readonly importId: string | null;
  readonly full: boolean;
  /** A hint came while it ran: it runs once more. */
  readonly again: boolean;
  readonly leaseOwner: string | null;
  readonly leaseUntil: number | null;
  readonly lastError: { code: string; message: string; at: number } | null;
}
export const jobKey = (hint: Pick<Hint, 'entity' | 'side' | 'id'>): string => `${hint.entity}:${hint.side}:${hint.id}`;

export type PairState = 'creating' | 'linked' | 'excluded' | 'detached' | 'conflict' | 'gone';
/** Permitted moves of a pair's state; the executor asks this table, a store does not. */
export const PAIR_MOVES: Readonly<Record<PairState, readonly PairState[]>> = {
  creating: ['linked', 'excluded', 'conflict', 'gone'],
  linked: ['excluded', 'detached', 'gone', 'conflict'],
  excluded: ['linked', 'detached', 'gone', 'conflict'],
  detached: ['linked', 'excluded'],
  conflict: ['linked', 'excluded', 'detached', 'creating', 'gone'],
  gone: ['detached', 'linked', 'creating'],
};

/** Canonical values by field; a field that could not be read is absent. */
export type Image = Readonly<Record<string, string | null>>;

/** What was last read of each side after the last write, field by field (R1). A field without a base is absent. */
export interface PairBase {
  readonly webcrm: Image;
  readonly fortnox: Image;
}

/** What is about to be created, stored before the vendor is asked (R22). */
export interface CreateIntent {
  readonly side: Side;
  /**
   * Our key, written into the new record: ExternalReference of a customer, ExternalInvoiceReference1 of a document,
   * DeliveryErpId of a delivery.
   */
  readonly key: string;
  readonly name: string;
  readonly customerNumber: string | null;
  /** The source record as it is sent: what both images are rebuilt from when the answer was lost (R1, R22). */
  readonly sent: Image;
  /** Of a document: its rows as they are sent, with the lines that they come from. */
  readonly rows: readonly RowPair[] | null;
  /** When the vendor was asked first. */
  readonly at: number;
  /** Of a document: a person wants it made anew, having seen what kept it from being made (R48). */
  readonly asked?: true;
}

export interface Pair {
  readonly schema: 2;
  readonly id: string;
  readonly tenant: string;
  readonly entity: PairEntity;
  readonly webcrmId: string | null;
  /** Of a delivery: what it became, whatever the mode is set to now (R49). */
  readonly fortnoxKind: FortnoxKind;
  readonly fortnoxId: string | null;
  /** Of an order: the invoice that was made from it; one collective invoice may serve several orders (R40). */
  readonly invoiceRef: string | null;
  /** Of a delivery: the customer of its document. */
  readonly customerNumber: string | null;
  readonly state: PairState;
  readonly base: PairBase | null;
  /** Of a delivery: its rows in webCRM's order; null before the first are known. */
  readonly rows: readonly RowPair[] | null;
  readonly intent: CreateIntent | null;
  /** What was to be written when the last job wrote, as long as its answers are not known; absent: nothing. */
  readonly intended?: readonly IntendedWrite[];
  /** Of an excluded pair: since when, ms; absent in older documents: since its last change. Says nothing in other states (R72). */
  readonly excludedAt?: number;
  /** The last reason code of the planner, and ids it speaks of. */
  readonly reason: string | null;
  readonly candidates: readonly string[];
  /** Raised by each write; a write names the version it read. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface FieldChange {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** One line of the activity log (B2). Expires by `expiresAt`. */
export interface Activity {
  readonly schema: 1;
  readonly id: string;
  readonly tenant: string;
  readonly at: number;
  readonly entity: PairEntity | 'tenant';
  readonly webcrmId: string | null;
  readonly fortnoxId: string | null;
  readonly pairId: string | null;
  /** `request`: what a person asked of the tenant as a whole. */
  readonly action:
    | 'created'
    | 'updated'
    | 'linked'
    | 'not-written'
    | 'conflict'
    | 'failed'
    | 'connection'
    | 'settings'
    | 'request';
  /** The side that was written, when one was. */
  readonly target: Side | null;
  readonly changes: readonly FieldChange[];
  /** Values that lost a conflict or were put back: nothing is lost without a line (R2, R70). */
  readonly lost: readonly (FieldChange & { side: Side })[];
  readonly reasons: readonly string[];
  readonly message: string;
  readonly job: string | null;
  readonly expiresAt: number;
}

/** Which sides a kind of record is ever written on. */
export const WRITTEN: Readonly<Record<PairEntity, readonly Side[]>> = {
  article: ['webcrm'],
  customer: ['fortnox', 'webcrm'],
  delivery: ['fortnox', 'webcrm'],
};

/** A kind of record that is not written on one side for now: what would be written there waits. */
export interface PausedPart {
  readonly entity: PairEntity;
  readonly to: Side;
  readonly since: number;
  /** Resumed: it is written again, and what waited is still being queued. */
  readonly resuming: boolean;
}

/** Why a tenant's jobs wait for a person's word (R72, R73). */
export interface Hold {
  readonly since: number;
  readonly why: 'long-stop' | 'many-changes';
  /** How many records would change, as far as known. */
  readonly count: number;
}

export type PartialPut = 'unknown' | 'proven' | 'broken';
/** The kinds of webCRM records that we update. */
export type WebcrmRecord = 'organisation' | 'delivery' | 'line' | 'item';

/** An update that shows whether webCRM keeps what is not sent, as long as its end is not known (R3). */
export interface PartialPutTrial {
  readonly kind: WebcrmRecord;
  readonly id: string;
  /** What the fields that are sent showed before, as texts. */
  readonly replaced: Readonly<Record<string, string | null>>;
  /** What the record held, as webCRM gave it, of the fields that are not sent. */
  readonly held: Readonly<Record<string, unknown>>;
  /** Those that were empty afterwards and are restored; absent: nobody has looked. */
  readonly emptied?: readonly string[];
}

export interface Tenant {
  readonly schema: 4;
  readonly id: string;
  readonly name: string;
  /** `removing`: what is kept of it is being deleted, and nothing brings it back; but for lists it is gone already. */
  readonly state: 'new' | 'connected' | 'paused' | 'removing';
  /** Why it is paused: `by-hand`, or the code of the error that broke the connection. */
  readonly pausedReason: string | null;
  /** What is paused by hand while the rest goes on; one line a kind and side at most. */
  readonly pausedParts: readonly PausedPart[];
  readonly settings: Settings;
  /** Unguessable part of the webhook URLs. */
  readonly hookToken: string;
  /** Known after the first check. */
  readonly fortnoxDatabaseNumber: string | null;
  /** Remembered result of the first update per entity type (R3). */
  readonly partialPut: Readonly<Record<WebcrmRecord, PartialPut>>;
  readonly partialPutTrials?: readonly PartialPutTrial[];
  readonly webcrmHookIds: readonly string[];
  /** Whether `/Queries` reads quotation lines: unproven (webcrm.md 5), probed by the connection check (R44). */
  readonly lineQuery: 'unknown' | 'works' | 'refused';
  /** Jobs wait until a person lets them go on; null: none do. */
  readonly hold: Hold | null;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}
