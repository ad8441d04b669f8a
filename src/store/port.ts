import type { AccessToken } from '../../schemas/access.ts';
import type { Alert, AlertTarget } from '../../schemas/alerts.ts';
import type { ImportKind, ImportOutcome, ImportRun, Listed } from '../../schemas/imports.ts';
import type {
  Activity,
  Entity,
  FortnoxKind,
  Hint,
  Job,
  JobState,
  Pair,
  PairEntity,
  Priority,
  Side,
  Tenant,
} from '../../schemas/records.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** Pass it back to read on; null at the end. Stable under writes. */
  readonly next: string | null;
}
/** The jobs of an import that are not done. */
export interface ImportJobs {
  /** All of them. */
  readonly open: number;
  /** Of these, kept as failed. */
  readonly dead: number;
  /** Of these, waiting to be tried once more after `FAILING_ATTEMPTS` failures or more. */
  readonly failing: number;
}
/** A job that failed so often may go on failing for days, and others need not wait for it. */
export const FAILING_ATTEMPTS = 3;

export interface JobDepth {
  readonly state: JobState;
  readonly priority: Priority;
  readonly count: number;
  readonly oldestRunAt: number;
}
export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** A document that several instances write. Its version is raised by each write. */
export interface Fenced {
  readonly id: string;
  readonly version: number;
  readonly value: unknown;
}
/** What one instance tells another. */
export interface Letter {
  /** A shard or an instance. */
  readonly to: string;
  /** One letter of a name lies in a box: a later one takes its place. */
  readonly name: string;
  readonly body: string;
}

/**
 * What the service needs of a store. Each operation is atomic by itself and durable when its promise resolves.
 * Errors: SyncError `store-busy` (try again), `store-duplicate` (a unique key exists), `version-changed` (the named
 * version is not the stored one), `store-failed` (anything else).
 */
export interface Store {
  /** True: other instances may work on it too, so that tenants are shared out among them. */
  readonly shared: boolean;
  readonly tenants: {
    /** Raises `store-duplicate` when the id, or another tenant's Fortnox database (R26), is taken. */
    insert(tenant: Tenant): Promise<void>;
    get(id: string): Promise<Tenant | null>;
    byHookToken(token: string): Promise<Tenant | null>;
    list(page: PageRequest): Promise<Page<Tenant>>;
    /** Stores the document when the stored version is `tenant.version`, and gives back the one with version + 1. */
    replace(tenant: Tenant): Promise<Tenant>;
    /**
     * Deletes everything that is kept of a tenant, its secrets first and its own document last: cut short, it is called again and
     * goes on. Unknown tenant: nothing. What has no tenant of its own is another's to forget: `fenced`, `mail`, `answers`, `tokens`.
     */
    remove(id: string): Promise<void>;
  };
  /** Sealed credentials: the store sees ciphertext only. Put is an upsert. */
  readonly secrets: {
    put(tenant: string, name: string, sealed: string, now: number): Promise<void>;
    /** Stores it when what is stored is `before`, null meaning that there is none. False when it is something else. */
    replace(tenant: string, name: string, before: string | null, sealed: string, now: number): Promise<boolean>;
    get(tenant: string, name: string): Promise<string | null>;
    /** Names with the time they were put, never values. */
    list(tenant: string): Promise<readonly { name: string; updatedAt: number }[]>;
  };
  readonly pairs: {
    /** Raises `store-duplicate` when either id is already paired: unique on (tenant, entity, webcrmId) and (tenant, fortnoxKind, fortnoxId). */
    insert(pair: Pair): Promise<void>;
    get(tenant: string, id: string): Promise<Pair | null>;
    /** By `entity` of the pair on webCRM's side, by `fortnoxKind` on Fortnox's. */
    bySide(tenant: string, entity: Entity, side: Side, id: string): Promise<Pair | null>;
    /** Order pairs whose invoice this is (R40); 200 at most. */
    byInvoice(tenant: string, invoice: string): Promise<readonly Pair[]>;
    /** The delivery pair that holds this quotation line. */
    byLine(tenant: string, lineId: string): Promise<Pair | null>;
    /** Order pairs of the customer that have no invoice yet; 200 at most. */
    openOrders(tenant: string, customerNumber: string): Promise<readonly Pair[]>;
    /** The pair whose open intent has this key (R23). */
    byIntentKey(tenant: string, key: string): Promise<Pair | null>;
    /** As tenants.replace; also raises `store-duplicate`. */
    replace(pair: Pair): Promise<Pair>;
    /** Deletes a pair that holds nothing worth keeping: a retired half. False when the version is not the stored one. */
    delete(tenant: string, id: string, version: number): Promise<boolean>;
    /** Newest change first; optionally of one state, one entity, one reason. */
    list(
      tenant: string,
      page: PageRequest & {
        state?: string | undefined;
        entity?: PairEntity | undefined;
        reason?: string | undefined;
      },
    ): Promise<Page<Pair>>;
    /** In order of id, for going over all of them: stable while pairs are written. */
    walk(tenant: string, page: PageRequest & { entity: PairEntity }): Promise<Page<Pair>>;
    /**
     * Those that bear the text in a name or number, whatever the case, or have exactly this id; newest change first. Goes over all of
     * the tenant's pairs when few match: for a person who searches, never for a job.
     */
    search(tenant: string, text: string, limit: number): Promise<readonly Pair[]>;
    /** By state. */
    counts(tenant: string): Promise<Record<string, number>>;
    /** By what they are in Fortnox, and state. */
    countsByKind(tenant: string): Promise<Record<FortnoxKind, Record<string, number>>>;
    /** By entity and state. */
    countsByEntity(tenant: string): Promise<Record<PairEntity, Record<string, number>>>;
  };
  readonly jobs: {
    /**
     * Stores hints in one commit; resolves when durable. Waiting job: merged (the better priority, the earlier runAt;
     * a job that backs off after a failure keeps its runAt unless the hint is a notification). Running: `again` is set.
     * Dead: waits again with its attempts at 0. A nudge shortens no back-off, leaves a dead job as it is, and does not keep a running
     * one from dying. The set may hold one key several times. `full` is kept once it was asked, until the job is done; a merged
     * import's id replaces none.
     */
    enqueue(hints: readonly Hint[], now: number): Promise<void>;
    /**
     * Gives up to `limit` jobs of the tenant that are due: waiting with runAt <= now, or running with an ended lease,
     * by priority, then runAt, then age; marks them running with the lease. A job whose lease ended has one attempt more, also
     * when a store ended the lease itself because it knew the owner to be dead: so a job that each time takes its process with
     * it comes to the last attempt too, and the caller can bury it.
     */
    claim(tenant: string, owner: string, now: number, leaseMs: number, limit: number): Promise<readonly Job[]>;
    /** False when the lease is no longer the owner's: the job is somebody else's now. */
    renew(tenant: string, key: string, owner: string, leaseUntil: number): Promise<boolean>;
    /**
     * Done: deleted, or waiting again when `again` was set (attempts 0, runAt now), as what was asked meanwhile: `full` and the
     * import only when a hint asked for them while it ran. False as renew.
     */
    complete(tenant: string, key: string, owner: string, now: number): Promise<boolean>;
    /**
     * Back to waiting at runAt, or dead. `countAttempt` false leaves attempts as they are. With `again` set and not dead,
     * runAt is kept as given. With error null the last error is kept. False as renew.
     */
    release(
      tenant: string,
      key: string,
      owner: string,
      outcome: { state: 'waiting' | 'dead'; runAt: number; countAttempt: boolean; error: Job['lastError'] },
    ): Promise<boolean>;
    /** All running jobs of the owner wait again at once: a graceful stop. */
    releaseOwner(owner: string, now: number): Promise<void>;
    /** As releaseOwner, of an owner that is known to be dead: each run counts as an attempt, since it may be what it died of. */
    buryOwner(owner: string, now: number): Promise<void>;
    get(tenant: string, key: string): Promise<Job | null>;
    /** Oldest first. */
    list(tenant: string, page: PageRequest & { state?: JobState | undefined }): Promise<Page<Job>>;
    counts(tenant: string): Promise<Record<JobState, number>>;
    /** By state and priority, of one tenant or of all (null) but those of `without`: how many, and the earliest runAt. Without those that are none. */
    depth(tenant: string | null, without?: readonly string[]): Promise<readonly JobDepth[]>;
    /** Jobs of an import that are not done yet. */
    countImport(tenant: string, importId: string): Promise<ImportJobs>;
    /** Waiting jobs of an import are taken back: it was stopped. Returns their keys' count; running ones end by themselves. */
    cancelImport(tenant: string, importId: string): Promise<number>;
    /** Deletes these jobs, whatever their state; returns how many there were. */
    forget(tenant: string, keys: readonly string[]): Promise<number>;
    /** Dead jobs wait again with attempts 0; with keys given, only those. Returns how many. */
    retry(tenant: string, keys: readonly string[] | null, now: number): Promise<number>;
    /** The earliest time at which the tenant has a job to run (waiting runAt or running leaseUntil); null when none. */
    nextDue(tenant: string): Promise<number | null>;
    /** Those of these tenants that have a job to run at `now`, as nextDue tells it, in no order. For tenants of which few are expected to. */
    dueAmong(tenants: readonly string[], now: number): Promise<readonly string[]>;
  };
  readonly cursors: {
    get(tenant: string, name: string): Promise<number | null>;
    /** All of the tenant's, some ten, by name. */
    list(tenant: string): Promise<readonly { name: string; at: number }[]>;
    put(tenant: string, name: string, at: number): Promise<void>;
  };
  readonly activity: {
    insert(lines: readonly Activity[]): Promise<void>;
    /** Newest first. */
    list(
      tenant: string,
      page: PageRequest & {
        webcrmId?: string | undefined;
        fortnoxId?: string | undefined;
        action?: string | undefined;
        entity?: string | undefined;
        pairId?: string | undefined;
        /** One of the line's reasons. */
        reason?: string | undefined;
        /** At or after, before: ms. */
        from?: number | undefined;
        to?: number | undefined;
      },
    ): Promise<Page<Activity>>;
    /** How many lines there are from `from` until before `to`, by action and step; `at` is where the step begins. */
    tally(
      tenant: string,
      period: { from: number; to: number; stepMs: number },
    ): Promise<readonly { at: number; action: string; count: number }[]>;
    /** Deletes these lines; returns how many there were. */
    forget(tenant: string, ids: readonly string[]): Promise<number>;
    /** Deletes what expired before `now`; returns how many. */
    expire(now: number): Promise<number>;
  };
  /** Last reason of a record that has no pair, so that a refusal is logged when its reason changes, not each time. */
  readonly decisions: {
    /**
     * True when the reason differs from the stored one, which it replaces. null forgets. `waitsFor` names the customer that
     * the record waits for, as `webcrm:OrganisationId` or `fortnox:CustomerNumber`.
     */
    set(
      tenant: string,
      entity: Entity,
      side: Side,
      id: string,
      reason: string | null,
      now: number,
      waitsFor?: string,
    ): Promise<boolean>;
    /** The records that wait for it, in order of key, after `after` (the last one of the page before). */
    waitingFor(
      tenant: string,
      customer: string,
      page: { limit: number; after?: { entity: Entity; side: Side; id: string } | undefined },
    ): Promise<readonly { entity: Entity; side: Side; id: string }[]>;
    get(tenant: string, entity: Entity, side: Side, id: string): Promise<{ reason: string; at: number } | null>;
    /** Newest first; optionally of one reason: the records that were not sent, and why. */
    list(
      tenant: string,
      page: PageRequest & { reason?: string | undefined },
    ): Promise<Page<{ entity: Entity; side: Side; id: string; reason: string; at: number; waitsFor: string | null }>>;
  };
  readonly imports: {
    put(run: ImportRun): Promise<void>;
    get(tenant: string, id: string): Promise<ImportRun | null>;
    /** Newest first. */
    list(tenant: string, page: PageRequest): Promise<Page<ImportRun>>;
  };
  /** What imports listed (R24). A record's key is (tenant, import, kind, side, id). */
  readonly listed: {
    /** Upserts, in one commit. */
    put(records: readonly Listed[]): Promise<void>;
    get(tenant: string, importId: string, kind: ImportKind, side: Side, id: string): Promise<Listed | null>;
    /** Records of a side that bear this value, case-insensitively; 50 at most. */
    find(
      tenant: string,
      importId: string,
      kind: ImportKind,
      side: Side,
      by: 'number' | 'organisationNumber' | 'name',
      value: string,
    ): Promise<readonly Listed[]>;
    /** In order of (kind, side, id); optionally of one kind, side, outcome. */
    list(
      tenant: string,
      importId: string,
      page: PageRequest & {
        kind?: ImportKind | undefined;
        side?: Side | undefined;
        outcome?: ImportOutcome | undefined;
      },
    ): Promise<Page<Listed>>;
    /** Marks the record stale in every import of the tenant that listed it: somebody changed it since. */
    touch(tenant: string, kind: ImportKind, side: Side, id: string): Promise<void>;
    /** Deletes the record from every import of the tenant that listed it; returns how many there were. */
    forget(tenant: string, kind: ImportKind, side: Side, id: string): Promise<number>;
    /** Forgets what an import listed. */
    clear(tenant: string, importId: string): Promise<void>;
  };
  /** Small documents by name that a part of the service keeps to go on from: of reconcile, of alerts. JSON values. */
  readonly states: {
    get(tenant: string, name: string): Promise<unknown>;
    /** An upsert; undefined is not JSON and is refused. */
    put(tenant: string, name: string, value: unknown, now: number): Promise<void>;
  };
  /** Documents by kind and id of which each write names the version that it read: who comes late is refused. JSON values. */
  readonly fenced: {
    get(kind: string, id: string): Promise<Fenced | null>;
    list(kind: string): Promise<readonly Fenced[]>;
    /** Stores it as `version` + 1 when the stored version is `version`, 0 meaning that there is none. False when it is another. */
    put(kind: string, id: string, version: number, value: unknown, now: number): Promise<boolean>;
    /** False when the stored version is another, or there is none. */
    delete(kind: string, id: string, version: number): Promise<boolean>;
    /** Deletes what was last written before `before`; returns how many. */
    expire(kind: string, before: number): Promise<number>;
  };
  readonly mail: {
    /** Letters are forgotten, read or not, at `expiresAt` or some time after. */
    put(letters: readonly Letter[], expiresAt: number): Promise<void>;
    /**
     * Takes up to `limit` letters out of these boxes, the oldest first; each is given to one taker. What has expired at `now` is deleted
     * with them and given to nobody.
     */
    take(to: readonly string[], limit: number, now: number): Promise<readonly Letter[]>;
    /** Deletes what expired before `now`; returns how many. */
    expire(now: number): Promise<number>;
  };
  /** What is wrong with a tenant, one document for each kind, with the messages that are still to be sent of it. */
  readonly alerts: {
    get(tenant: string, kind: string): Promise<Alert | null>;
    /** Stores the alert when the stored version is `alert.version` (0: there is none yet), and gives back the one with version + 1. */
    put(alert: Alert): Promise<Alert>;
    /** Newest first by `raisedAt`; optionally of one state, one tenant. */
    list(page: PageRequest & { state?: Alert['state'] | undefined; tenant?: string | undefined }): Promise<Page<Alert>>;
    /** Up to `limit` alerts that have a message to send at `now`, longest due first. */
    due(now: number, limit: number): Promise<readonly Alert[]>;
  };
  readonly alertTargets: {
    /** As alerts.put. */
    put(target: AlertTarget): Promise<AlertTarget>;
    get(id: string): Promise<AlertTarget | null>;
    /** In the order in which they were made. */
    list(page: PageRequest): Promise<Page<AlertTarget>>;
    /** False when there was none. */
    delete(id: string): Promise<boolean>;
  };
  /** Tokens of the API. */
  readonly tokens: {
    /** Raises `store-duplicate` when the id is taken. */
    insert(token: AccessToken): Promise<void>;
    get(id: string): Promise<AccessToken | null>;
    /** Oldest first, whatever became of them. */
    list(page: PageRequest): Promise<Page<AccessToken>>;
    /** As tenants.replace; when it was used last stays as it is stored. */
    replace(token: AccessToken): Promise<AccessToken>;
    /** Notes that it was used; an earlier time than the stored one changes nothing. */
    use(id: string, at: number): Promise<void>;
  };
  /** Answers that are kept for a caller who asks the same again under one key. `scope` says whose key it is. Ciphertext only. */
  readonly answers: {
    /** How many of a scope are kept and have not expired; counts to `most` and no further. */
    count(scope: string, now: number, most: number): Promise<number>;
    /**
     * null: the key is free, and the caller's from now on until `expiresAt`. Otherwise what is kept under it: `sealed` is null
     * while the first request is under way.
     */
    begin(
      scope: string,
      key: string,
      fingerprint: string,
      now: number,
      expiresAt: number,
    ): Promise<{ fingerprint: string; sealed: string | null } | null>;
    /** Keeps the answer of a key that was begun. */
    finish(scope: string, key: string, sealed: string, expiresAt: number): Promise<void>;
    /** The key is free again. */
    drop(scope: string, key: string): Promise<void>;
  };
  /** Keyed hashes of records whose person was erased (R77): nothing leads back from one to the record. */
  readonly tombstones: {
    put(tenant: string, hash: string, now: number): Promise<void>;
    has(tenant: string, hash: string): Promise<boolean>;
    /** Whether the tenant has one at all. */
    any(tenant: string): Promise<boolean>;
    /** False when there was none. */
    remove(tenant: string, hash: string): Promise<boolean>;
  };
  /** A webhook-id seen before gives false (replay). Kept until `expiresAt`. */
  readonly seen: {
    add(tenant: string, id: string, now: number, expiresAt: number): Promise<boolean>;
  };
  /** A write and a read that prove the store works. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
