import type { PartialPut, WebcrmRecord } from '../../schemas/records.ts';
import type { ErrorCode } from '../errors/codes.ts';
import { isSyncError, SyncError } from '../errors/sync-error.ts';
import { sleep } from '../runtime.ts';
import { changeTenant } from '../store/change-tenant.ts';
import type { JobContext } from './context.ts';
import type { VendorRecord } from './fields.ts';
import { journal } from './journal.ts';
import { text } from './normalise.ts';

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

/** One partial PUT: what is there, what is sent, and how to read it again. */
export interface Put {
  readonly kind: WebcrmRecord;
  readonly id: string;
  readonly before: VendorRecord;
  readonly fields: Readonly<Record<string, string>>;
  /** A text that is nothing, where that is not the empty one. */
  readonly emptyText?: string;
  write(fields: Readonly<Record<string, unknown>>): Promise<void>;
  read(): Promise<VendorRecord | null>;
}

/** What is known of partial PUT, now: another job may have proven it since this one began. */
async function known({ store, tenant }: JobContext, kind: WebcrmRecord): Promise<PartialPut> {
  return (await store.tenants.get(tenant.id))?.partialPut[kind] ?? 'unknown';
}

/**
 * Does `work`, which updates records of these kinds. R3 is proven by one update at a time; that is seen to before any write,
 * so that nothing is left half-done. Raises `record-busy` while another job proves it, `partial-put-unsafe` when it failed.
 */
export async function whileProving<T>(
  context: JobContext,
  kinds: readonly WebcrmRecord[],
  work: () => Promise<T>,
): Promise<T> {
  const proofs = await Promise.all(kinds.map((kind) => known(context, kind)));
  const broken = kinds.find((_, at) => proofs[at] === 'broken');
  if (broken !== undefined) throw unsafe(broken);
  const open = kinds.filter((_, at) => proofs[at] === 'unknown');
  const release = context.locks.tryLock(open.map((kind) => `${context.tenant.id}/partial-put/${kind}`));
  if (release === null)
    throw new SyncError('record-busy', 'The first update of webCRM is being proven.', { waitMs: 1000 });
  try {
    return await work();
  } finally {
    release();
  }
}

const unsafe = (kind: WebcrmRecord) =>
  new SyncError(
    'partial-put-unsafe',
    `No ${kind} is written: webCRM empties fields that are not sent. Ask webCRM's support, then reconnect the tenant.`,
  );

/**
 * A partial PUT with the proof of R3: that fields not sent stay is unproven, so the first update of each kind is compared
 * before and after. A field that was emptied is restored, and the same is tried once more, since a person may have emptied it
 * between our reads: then theirs is put back. Emptied again, it is restored, and writes to that kind stop (`partial-put-unsafe`).
 */
export async function provenPut(context: JobContext, put: Put): Promise<void> {
  const { kind, before, fields } = put;
  const proof = await known(context, kind);
  if (proof === 'broken') throw unsafe(kind);
  await put.write(fields);
  if (proof === 'proven') return;
  const held = heldBy(kind, before);
  const unsent = Object.keys(held).filter((field) => !(field in fields));
  const after = await insist(context, put.read);
  // A record that is gone, or had nothing to lose, shows nothing.
  if (after === null || unsent.length === 0) return;
  const emptied = unsent.filter((field) => isEmpty(after[field]));
  if (emptied.length === 0) return tell(context, kind, 'proven');
  // Everything that is held is sent: whatever is left out would be emptied by this PUT as well.
  const whole = { ...held, ...heldBy(kind, after), ...fields };
  await insist(context, () => put.write(whole));
  await insist(context, () => put.write(fields));
  const then = await insist(context, put.read);
  if (then === null) return;
  const again = emptied.filter((field) => isEmpty(then[field]));
  if (again.length === 0) {
    const asRestored = emptied.filter((field) => then[field] === before[field]);
    const emptyAgain = Object.fromEntries(asRestored.map((field) => [field, emptyLike(put, field)]));
    if (asRestored.length > 0) await insist(context, () => put.write(emptyAgain));
    return tell(context, kind, 'proven');
  }
  await insist(context, () => put.write(whole));
  await tell(context, kind, 'broken');
  const lost = again.map((field) => ({ side: 'webcrm' as const, field, before: text(before[field]), after: null }));
  await journal(context, { action: 'failed', target: 'webcrm', lost, reasons: ['partial-put-unsafe'], pair: null });
  throw new SyncError(
    'partial-put-unsafe',
    `webCRM emptied ${again.join(', ')} of ${kind} ${put.id} though they were not sent. They were restored; writes to webCRM have stopped.`,
  );
}

const TRIES = 5;
const NEXT_TRY_MS = 1_000;
/** What a vendor may answer otherwise the next time. */
const PASSING: readonly ErrorCode[] = [
  'vendor-unreachable',
  'vendor-failed',
  'vendor-answer-unreadable',
  'vendor-throttled',
  'vendor-refused',
];

/**
 * What was begun is gone on with here: the next run of the job would neither know what the record held before, and take what webCRM emptied for
 * a person's edit, nor that a value is only restored, so that a person's own clearing would be lost.
 */
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

/** What the record holds that a PUT can send. */
const heldBy = (kind: WebcrmRecord, record: VendorRecord): VendorRecord =>
  Object.fromEntries(Object.entries(record).filter(([field, value]) => !COMPUTED[kind].test(field) && !isEmpty(value)));

/** A field's nothing, in the form of what it held. */
function emptyLike({ before, emptyText = '' }: Put, field: string): unknown {
  const value = before[field];
  return typeof value === 'number' ? 0 : typeof value === 'boolean' ? false : emptyText;
}

const tell = async ({ store, tenant }: JobContext, kind: WebcrmRecord, result: PartialPut): Promise<void> =>
  void (await changeTenant(store, tenant.id, (now) => ({ ...now, partialPut: { ...now.partialPut, [kind]: result } })));

/** What is restored after R3 failed stands as webCRM gave it, numbers among it: for clients that take texts. */
export const asTexts = (fields: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, String(value)]));

/** Nothing that a restore could put back; an unset drop-down's placeholder is nothing, too (webcrm.md 3). */
const isEmpty = (value: unknown): boolean =>
  value === 0 || value === false || /^0001-/.test(String(value)) || text(value) === null;
