import {
  type Activity,
  type FieldChange,
  type Image,
  type Job,
  jobKey,
  type Pair,
  type Side,
  type Tenant,
} from '../../schemas/records.ts';
import { SyncError } from '../errors/sync-error.ts';
import type { Store } from '../store/port.ts';
import { customerWaitedFor } from '../sync/customer/documents.ts';
import { PAIR_ENTITY } from '../sync/journal.ts';
import { type Code, isKnownCode, type Told, tell } from './codes.ts';
import { judge, type RuleOutcome } from './judge.ts';
import { type Present, presentOf, type RowView } from './present.ts';
import { type RecordRef, type Rehearsal, type RehearsalDeps, rehearse } from './rehearse.ts';
import { rulesOf } from './rules.ts';
import { nextStep, type Step } from './steps.ts';
import { type Failure, passesOn, traceOf } from './trace.ts';
import type { PlannedWrite } from './would-write.ts';

/** One field as each side shows it now and showed it last; undefined values are absent: they were not read. */
export interface FieldView {
  readonly field: string;
  readonly webcrm: { readonly image: string | null | undefined; readonly now: string | null | undefined };
  readonly fortnox: { readonly image: string | null | undefined; readonly now: string | null | undefined };
}

/** What the service would do of the record now. */
export interface Would {
  readonly action: 'nothing' | 'create' | 'link' | 'write' | 'wait';
  readonly writes: readonly PlannedWrite[];
  /** The same in our own names, by the side that is written. */
  readonly changes: readonly (FieldChange & { readonly target: Side })[];
  /** Values that would give way; each would be in the log. */
  readonly lost: readonly (FieldChange & { readonly side: Side })[];
  readonly reasons: readonly Told[];
  /** Records that may be the same one. */
  readonly candidates: readonly string[];
}

/** Why a record is, or is not, on the other side. */
export interface Explanation {
  readonly record: RecordRef & { readonly name: string | null; readonly number: string | null };
  readonly rules: readonly RuleOutcome[];
  readonly would: Would;
  readonly pair: Pair | null;
  readonly present: Present;
  readonly fields: readonly FieldView[];
  readonly rows: readonly RowView[] | null;
  readonly frozen: { readonly head: Told | null; readonly rows: Told | null } | null;
  /** Open and dead jobs of either half. */
  readonly jobs: readonly Job[];
  /** The last five lines of the log, newest first. */
  readonly activity: readonly Activity[];
  readonly waitsFor: { readonly seconds: number | null; readonly record: RecordRef | null } | null;
  readonly next: { readonly code: Step; readonly sentence: string };
  /** Calls to the vendors that the answer cost. */
  readonly reads: number;
}

export interface Explain {
  /**
   * Explains one record by rehearsing its own job; writes nothing and costs at most the reads of that job. A tenant or a vendor
   * that cannot be asked is part of the answer. Raises `invalid-body` for a kind that the side does not have.
   */
  record(tenant: Tenant, ref: RecordRef): Promise<Explanation>;
}

const ACTIVITY_SHOWN = 5;
/** Lines of other kinds of records with the same id are among those that are read. */
const ACTIVITY_READ = 25;

export function createExplain(deps: RehearsalDeps): Explain {
  const { store, runtime } = deps;

  return {
    async record(tenant, ref) {
      const rules = rulesOf(ref);
      if (rules === undefined) {
        const message = `is not kept in ${ref.side}`;
        throw new SyncError('invalid-body', `The entity ${ref.entity} ${message}.`, {
          faults: [{ field: 'entity', message }],
        });
      }
      const broken = brokenOf(tenant);
      const rehearsal = broken === null ? await rehearse(deps, tenant, ref) : null;
      const pair =
        rehearsal === null ? await store.pairs.bySide(tenant.id, ref.entity, ref.side, ref.id) : rehearsal.before;
      const jobs = await jobsOf(store, tenant.id, ref, pair);
      const trace = traceOf(tenant, rehearsal, broken, jobs);
      const outcomes = judge(rules, trace);
      const present = rehearsal === null ? NOT_READ : await presentOf(rehearsal, ref);
      const own = present[ref.side];
      return {
        record: { ...ref, name: own?.name ?? null, number: own?.number ?? null },
        rules: outcomes,
        would: wouldOf(rehearsal, trace.codes),
        pair,
        present,
        fields: fieldsOf(pair, present),
        rows: present.rows,
        frozen: present.frozen && { head: toldOf(present.frozen.head), rows: toldOf(present.frozen.rows) },
        jobs,
        activity: await activityOf(store, tenant.id, ref, pair),
        waitsFor: waitOf(rehearsal, jobs, runtime.now()),
        next: nextStep(trace, outcomes, jobs),
        reads: rehearsal?.reads ?? 0,
      };
    },
  };
}

const NOT_READ: Present = { webcrm: null, fortnox: null, rows: null, frozen: null };
const toldOf = (code: Code | null): Told | null => (code === null ? null : tell(code));

/** A connection that is known to be broken is not tried again: each try would be refused. */
function brokenOf({ state, pausedReason }: Tenant): Failure | null {
  if (state === 'new') return { code: 'tenant-new', message: tell('tenant-new').sentence };
  if (state === 'connected' || pausedReason === null || !isKnownCode(pausedReason)) return null;
  return { code: pausedReason, message: tell(pausedReason).sentence };
}

async function jobsOf(store: Store, tenant: string, ref: RecordRef, pair: Pair | null): Promise<Job[]> {
  const keys = new Set([jobKey(ref)]);
  if (pair?.webcrmId) keys.add(jobKey({ entity: pair.entity, side: 'webcrm', id: pair.webcrmId }));
  if (pair?.fortnoxId) keys.add(jobKey({ entity: pair.fortnoxKind, side: 'fortnox', id: pair.fortnoxId }));
  const found = await Promise.all([...keys].map((key) => store.jobs.get(tenant, key)));
  return found.filter((job) => job !== null);
}

async function activityOf(store: Store, tenant: string, ref: RecordRef, pair: Pair | null): Promise<Activity[]> {
  const entity = PAIR_ENTITY[ref.entity];
  const id = ref.side === 'webcrm' ? { webcrmId: ref.id } : { fortnoxId: ref.id };
  const { items } = await store.activity.list(tenant, { limit: ACTIVITY_READ, entity, ...id });
  // An order and an invoice may bear one number.
  const own = items.filter(
    (line) => line.entity === entity && (!pair || line.pairId === null || line.pairId === pair.id),
  );
  return own.slice(0, ACTIVITY_SHOWN);
}

function wouldOf(rehearsal: Rehearsal | null, codes: ReadonlySet<Code>): Would {
  const reasons = [...codes].map((code) => tell(code));
  if (rehearsal === null) return { action: 'nothing', writes: [], changes: [], lost: [], reasons, candidates: [] };
  const { writes, lines, after, ending } = rehearsal;
  const changes = lines.flatMap(({ target, changes }) =>
    target === null ? [] : changes.map((change) => ({ target, ...change })),
  );
  return {
    action: actionOf(rehearsal),
    writes,
    // A create ends the rehearsal before its line is told: what is sent stands in the intent.
    changes: ending.kind === 'create' ? [...changes, ...createdFields(after, ending.write.side)] : changes,
    lost: lines.flatMap((line) => line.lost),
    reasons,
    candidates: after?.candidates ?? [],
  };
}

function actionOf({ ending, lines, writes }: Rehearsal): Would['action'] {
  if (ending.kind === 'create') return 'create';
  if (ending.kind === 'later') return 'wait';
  if (lines.some(({ action }) => action === 'linked')) return 'link';
  return writes.length > 0 ? 'write' : 'nothing';
}

const createdFields = (pair: Pair | null, target: Side): Would['changes'] =>
  Object.entries(pair?.intent?.sent ?? {}).flatMap(([field, value]) =>
    value === null ? [] : [{ target, field, before: null, after: value }],
  );

/** Each field that either side has, or had. */
function fieldsOf(pair: Pair | null, present: Present): FieldView[] {
  const images: readonly (Image | undefined)[] = [
    pair?.base?.webcrm,
    present.webcrm?.fields,
    pair?.base?.fortnox,
    present.fortnox?.fields,
  ];
  const names = new Set(images.flatMap((image) => Object.keys(image ?? {})));
  return [...names].map((field) => {
    const [webcrmImage, webcrmNow, fortnoxImage, fortnoxNow] = images.map((image) => image?.[field]);
    return {
      field,
      webcrm: { image: webcrmImage, now: webcrmNow },
      fortnox: { image: fortnoxImage, now: fortnoxNow },
    };
  });
}

function waitOf(rehearsal: Rehearsal | null, jobs: readonly Job[], now: number): Explanation['waitsFor'] {
  const later = rehearsal?.ending.kind === 'later' ? rehearsal.ending.afterMs : null;
  const due = jobs.filter(({ state, runAt }) => state === 'waiting' && runAt > now).map(({ runAt }) => runAt - now);
  const waits = Math.max(later ?? 0, ...(due.length > 0 ? [Math.min(...due)] : []));
  const record = rehearsal && dependsOn(rehearsal);
  if (waits === 0 && record === null) return null;
  return { seconds: waits === 0 ? null : Math.ceil(waits / 1000), record };
}

/** The customer that the record waits for, or the record through which it is looked at. */
function dependsOn(rehearsal: Rehearsal): RecordRef | null {
  const customers = rehearsal.decisions.map(({ waitsFor }) => customerWaitedFor(waitsFor));
  const customer = customers.findLast((one) => one !== null);
  if (customer) return customer;
  const [hint] = passesOn(rehearsal) ? rehearsal.hints : [];
  return hint === undefined || hint.entity === 'line' ? null : { entity: hint.entity, side: hint.side, id: hint.id };
}
