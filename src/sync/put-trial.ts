import type { Entity, Job, Pair, PartialPut, PartialPutTrial, Tenant, WebcrmRecord } from '../../schemas/records.ts';
import type { ErrorCode } from '../errors/codes.ts';
import { isSyncError, SyncError } from '../errors/sync-error.ts';
import { sleep } from '../runtime.ts';
import { changeTenant } from '../store/change-tenant.ts';
import type { JobContext } from './context.ts';
import type { VendorRecord } from './fields.ts';
import { journal } from './journal.ts';
import { text } from './normalise.ts';
import { type RecordRef, recordsOf } from './record-ref.ts';
import { type WebcrmAccess, webcrmRecord } from './webcrm-record.ts';

const STAMPS = 'CreatedAt|CreatedBy|UpdatedAt|UpdatedBy';

/** webCRM computes these itself: they differ after any write and cannot be sent (webcrm.md 8). */
const COMPUTED: Readonly<Record<WebcrmRecord, RegExp>> = {
  organisation: new RegExp(
    `^Organisation(Id|${STAMPS}|LastDisplayedAt|LastItem.*|CompareName|TelephoneSearch|History|Gps|Vat(Status|VerifiedAt))$`,
  ),
  delivery: new RegExp(`^Delivery(Id|${STAMPS}|History|OrderValue|OrderGmValue|Revenue\\d+|GmRevenue\\d+|Percent)$`),
  line: new RegExp(`^QuotationLine(Id|${STAMPS}|Price|OrganisationId|PersonId)$`),
  item: /^QuotationLineLinkedDataItemId$/,
};

/** What the record holds that a PUT can send. Pure. */
export const heldBy = (kind: WebcrmRecord, record: VendorRecord): VendorRecord =>
  Object.fromEntries(Object.entries(record).filter(([field, value]) => !COMPUTED[kind].test(field) && !isEmpty(value)));

/** Nothing that a restore could put back; an unset drop-down's placeholder is nothing, too (webcrm.md 3). */
const isEmpty = (value: unknown): boolean =>
  value === 0 || value === false || /^0001-/.test(String(value)) || text(value) === null;

const others = (trials: readonly PartialPutTrial[], { kind, id }: PartialPutTrial): PartialPutTrial[] =>
  trials.filter((one) => one.kind !== kind || one.id !== id);

/** Stores the trial before the step that it tells of, so that the next process knows what the record held. */
export async function keepTrial({ store, tenant }: JobContext, trial: PartialPutTrial): Promise<void> {
  await changeTenant(store, tenant.id, ({ partialPutTrials = [] }) => ({
    partialPutTrials: [...others(partialPutTrials, trial), trial],
  }));
}

/** The trial is over, and showed `result`; null: nothing. */
async function endTrial(
  { store, tenant }: JobContext,
  trial: PartialPutTrial,
  result: PartialPut | null,
): Promise<void> {
  await changeTenant(store, tenant.id, ({ partialPut, partialPutTrials = [] }) => ({
    partialPutTrials: others(partialPutTrials, trial),
    ...(result !== null && { partialPut: { ...partialPut, [trial.kind]: result } }),
  }));
}

/**
 * What the first update of a kind did to the fields that it did not send (R3). `sent` is that update. Emptied fields are restored and it is
 * tried once more. Raises `partial-put-unsafe` when they are emptied again.
 */
export async function lookAfter(context: JobContext, trial: PartialPutTrial, sent: VendorRecord): Promise<void> {
  const record = webcrmRecord(context, trial.kind, trial.id);
  const after = await insist(context, record.read);
  // A record that is gone shows nothing.
  if (after === null) return endTrial(context, trial, null);
  const emptied = Object.keys(trial.held).filter((field) => isEmpty(after[field]));
  if (emptied.length === 0) return endTrial(context, trial, 'proven');
  const seen = { ...trial, emptied };
  await insist(context, () => keepTrial(context, seen));
  // Everything that is held is sent: whatever is left out would be emptied by this PUT as well.
  return secondTry(context, record, seen, { ...trial.held, ...heldBy(trial.kind, after), ...sent }, sent);
}

async function secondTry(
  context: JobContext,
  record: WebcrmAccess,
  trial: PartialPutTrial & { readonly emptied: readonly string[] },
  whole: VendorRecord,
  sent: VendorRecord,
): Promise<void> {
  const { kind, id, held, emptied } = trial;
  await insist(context, () => record.write(whole));
  await insist(context, () => record.write(sent));
  const then = await insist(context, record.read);
  if (then === null) return endTrial(context, trial, null);
  const again = emptied.filter((field) => isEmpty(then[field]));
  if (again.length === 0) {
    const asRestored = emptied.filter((field) => then[field] === held[field]);
    const emptyAgain = Object.fromEntries(asRestored.map((field) => [field, emptyLike(held[field], record)]));
    if (asRestored.length > 0) await insist(context, () => record.write(emptyAgain));
    return endTrial(context, trial, 'proven');
  }
  await insist(context, () => record.write(whole));
  await endTrial(context, trial, 'broken');
  const lost = again.map((field) => ({ side: 'webcrm' as const, field, before: text(held[field]), after: null }));
  await journal(context, { action: 'failed', target: 'webcrm', lost, reasons: ['partial-put-unsafe'], pair: null });
  throw new SyncError(
    'partial-put-unsafe',
    `webCRM emptied ${again.join(', ')} of ${kind} ${id} though they were not sent. They were restored; writes to webCRM have stopped.`,
  );
}

/** Which kind of webCRM's records a hint of its side speaks of. */
const KIND_OF: Partial<Readonly<Record<Entity, WebcrmRecord>>> = {
  customer: 'organisation',
  delivery: 'delivery',
  article: 'item',
  line: 'line',
};

/** The trials of these records, which hold what stood there (B8). Pure. */
export const trialsAmong = (trials: readonly PartialPutTrial[], records: readonly RecordRef[]): PartialPutTrial[] =>
  trials.filter(({ kind, id }) =>
    records.some((one) => one.side === 'webcrm' && one.id === id && KIND_OF[one.entity] === kind),
  );

/** The trials of a tenant that were begun with webCRM's records of this job, and whose end is not known. Pure. */
export function trialsOf({ partialPutTrials = [] }: Tenant, job: Job, pair: Pair | null): PartialPutTrial[] {
  // A line's own job has no lock of its pair, where a trial may be under way.
  const own = job.entity === 'line' ? [] : [job];
  const lines = (pair?.rows ?? []).flatMap(({ lineId }): RecordRef[] =>
    lineId === null ? [] : [{ entity: 'line', side: 'webcrm', id: lineId }],
  );
  return trialsAmong(partialPutTrials, [...own, ...(pair === null ? [] : recordsOf(pair)), ...lines]);
}

/**
 * Brings a trial to its end whose process ended, or whose update failed: else what webCRM emptied would be taken for a person's edit, and
 * what a person emptied would stay restored. Raises as `lookAfter`.
 */
export async function finishTrial(context: JobContext, trial: PartialPutTrial): Promise<void> {
  const { kind, id, held, replaced } = trial;
  const record = webcrmRecord(context, kind, id);
  const now = await record.read();
  if (now === null) return endTrial(context, trial, null);
  const hasArrived = Object.entries(replaced).some(([field, before]) => text(now[field]) !== before);
  if (trial.emptied === undefined && !hasArrived) return endTrial(context, trial, null);
  const isKept = (await context.store.tenants.get(context.tenant.id))?.partialPut[kind] === 'proven';
  const missing = isKept ? [] : Object.keys(held).filter((field) => isEmpty(now[field]));
  // What holds something else by now was typed since.
  const seen = (trial.emptied ?? []).filter((field) => isEmpty(now[field]) || now[field] === held[field]);
  const emptied = [...new Set([...seen, ...missing])];
  if (emptied.length === 0) return endTrial(context, trial, null);
  await keepTrial(context, { ...trial, emptied });
  const present = heldBy(kind, now);
  const whole = { ...Object.fromEntries(emptied.map((field) => [field, held[field]])), ...present };
  const probe = Object.keys(present).find((field) => !emptied.includes(field));
  if (probe !== undefined) return secondTry(context, record, { ...trial, emptied }, whole, { [probe]: present[probe] });
  // Nothing is left to try it with.
  await insist(context, () => record.write(whole));
  return endTrial(context, trial, null);
}

/** A field's nothing, in the form of what it held. */
const emptyLike = (held: unknown, { emptyText }: WebcrmAccess): unknown =>
  typeof held === 'number' ? 0 : typeof held === 'boolean' ? false : emptyText;

const TRIES = 5;
const NEXT_TRY_MS = 1_000;
/** What a vendor or the store may answer otherwise the next time. */
const PASSING: readonly ErrorCode[] = [
  'vendor-unreachable',
  'vendor-failed',
  'vendor-answer-unreadable',
  'vendor-throttled',
  'vendor-refused',
  'store-busy',
];

/** What was begun is gone on with here: nobody's edit comes between as long as it takes. */
async function insist<T>({ runtime }: JobContext, step: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await step();
    } catch (error) {
      if (tries === TRIES || !isSyncError(error) || !PASSING.includes(error.code)) throw error;
      await sleep(runtime, NEXT_TRY_MS * tries);
    }
  }
}
