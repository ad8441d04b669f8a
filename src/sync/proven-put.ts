import type { PartialPut, WebcrmRecord } from '../../schemas/records.ts';
import { SyncError } from '../errors/sync-error.ts';
import type { JobContext } from './context.ts';
import type { VendorRecord } from './fields.ts';
import { text } from './normalise.ts';
import { heldBy, keepTrial, lookAfter } from './put-trial.ts';
import { webcrmRecord } from './webcrm-record.ts';

/** One partial PUT: what is there, and what is sent. */
export interface Put {
  readonly kind: WebcrmRecord;
  readonly id: string;
  readonly before: VendorRecord;
  readonly fields: Readonly<Record<string, string>>;
}

/** What is known of partial PUT, now: another job may have proven it since this one began. */
async function known({ store, tenant }: JobContext, kind: WebcrmRecord): Promise<PartialPut> {
  return (await store.tenants.get(tenant.id))?.partialPut[kind] ?? 'unknown';
}

/** What the proof of these kinds is locked by. */
const locksOf = ({ tenant }: JobContext, kinds: readonly WebcrmRecord[]): string[] =>
  kinds.map((kind) => `${tenant.id}/partial-put/${kind}`);

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
  const release = context.locks.tryLock(locksOf(context, open));
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
    `No ${kind} is written: webCRM empties fields that are not sent. Ask webCRM's support, then connect the tenant again.`,
  );

/**
 * A partial PUT with the proof of R3: that fields not sent stay is unproven, so the first update of each kind is compared
 * before and after. A field that was emptied is restored, and the same is tried once more, since a person may have emptied it
 * between our reads: then theirs is put back. Emptied again, it is restored, and writes to that kind stop (`partial-put-unsafe`).
 * What the record held is stored first: a trial that is cut short is brought to its end by the record's next job (`finishTrial`).
 */
export async function provenPut(context: JobContext, { kind, id, before, fields }: Put): Promise<void> {
  const proof = await known(context, kind);
  if (proof === 'broken') throw unsafe(kind);
  const record = webcrmRecord(context, kind, id);
  const held = Object.fromEntries(Object.entries(heldBy(kind, before)).filter(([field]) => !(field in fields)));
  // A record that had nothing to lose shows nothing.
  if (proof === 'proven' || Object.keys(held).length === 0) return record.write(fields);
  const replaced = Object.fromEntries(Object.keys(fields).map((field) => [field, text(before[field])]));
  const trial = { kind, id, replaced, held };
  await keepTrial(context, trial);
  await record.write(fields);
  await lookAfter(context, trial, fields);
}
