import type { BaseLogger } from 'pino';
import type { Job } from '../../../schemas/records.ts';
import { isSyncError } from '../../errors/sync-error.ts';
import type { HandleJob } from '../../queue/types.ts';
import { verdictOf } from '../../queue/worker-verdict.ts';
import { sleep } from '../../runtime.ts';
import type { JobContext, SyncDeps } from '../context.ts';
import { isSelected } from '../customer/types-filter.ts';
import { createExecutor } from '../executor.ts';
import type { VendorRecord } from '../fields.ts';
import { isPaused, keepHeld } from '../paused.ts';
import { provenPut, whileProving } from '../proven-put.ts';
import { isBeforeStart } from '../start-date.ts';
import { webcrmRecord } from '../webcrm-record.ts';
import { bears, bearsOurs, showsStatus, statusFields, textOn } from './fields.ts';
import { moved, type Standing, shownBy, standingOf, statusFor } from './standing.ts';
import { type Status, statusOfFailure, tellsFailure } from './status.ts';
import { type Watched, watchRecords } from './watch.ts';

const MOST_TRIES = 4;

/**
 * The executor, which also keeps the status on webCRM's records (R75). What rode on a write of the job costs nothing; a write of its
 * own is made only when what a person sees changed in this job, or when somebody asked for the record. So an echo of it, or a text
 * that webCRM keeps otherwise than sent, leads to no further write. A status that cannot be written is logged, and shown with the
 * record's next change.
 */
export function createStatusExecutor(deps: SyncDeps, logger: Pick<BaseLogger, 'warn'>): HandleJob {
  const plain = createExecutor(deps);
  return async (tenant, job) => {
    const kind = shownBy(job);
    if (kind === null || !showsStatus(tenant.settings, kind)) return plain(tenant, job);
    const watched = watchRecords(deps.connection(tenant.id), tenant.settings, deps.runtime);
    const context: JobContext = { ...deps, tenant, job, vendors: watched.connection, held: new Set() };
    const before = await standingOf(deps.store, job, kind);
    try {
      const outcome = await createExecutor({ ...deps, connection: () => watched.connection })(tenant, job);
      if (outcome.kind === 'done') await quietly(() => afterwards(context, watched, before));
      return outcome;
    } catch (error) {
      if (diesOf(context, error)) await quietly(() => tellFailure(context, watched, before, error));
      throw error;
    }

    async function quietly(work: () => Promise<void>, tries = 1): Promise<void> {
      try {
        await work();
      } catch (error) {
        // Only while another job proves the first update of webCRM (R3): a second or two, once in a tenant's life.
        if (isSyncError(error) && error.code === 'record-busy' && tries < MOST_TRIES) {
          await sleep(deps.runtime, error.waitMs ?? 0);
          return quietly(work, tries + 1);
        }
        logger.warn({ err: error, tenant: tenant.id, job: job.key }, 'the status was not written on the record');
      }
    }
  };
}

const diesOf = ({ job, runtime }: JobContext, error: unknown): boolean => {
  const verdict = verdictOf(job, { error }, runtime.now(), runtime.random);
  return verdict.kind === 'release' && verdict.state === 'dead';
};

async function afterwards(context: JobContext, watched: Watched, before: Standing): Promise<void> {
  const { job, tenant } = context;
  const after = await standingOf(context.store, job, before.kind);
  const status = statusFor(after);
  if (after.webcrmId === null || status === null) return;
  // Left alone by a person: the job itself reads nothing then.
  const record =
    watched.seen(after.kind, after.webcrmId) ??
    (job.full && after.pair?.state === 'detached'
      ? await webcrmRecord(context, after.kind, after.webcrmId).read()
      : null);
  if (record === null) return;
  const asked = moved(before, after) || job.full || job.lastError !== null;
  if (!asked && !tellsFailure(textOn(tenant.settings, after.kind, record))) return;
  await show(context, after, record, status);
}

async function tellFailure(context: JobContext, watched: Watched, before: Standing, error: unknown): Promise<void> {
  const { tenant, job } = context;
  const standing = await standingOf(context.store, job, before.kind);
  if (standing.webcrmId === null) return;
  const record =
    watched.seen(standing.kind, standing.webcrmId) ??
    (await webcrmRecord(context, standing.kind, standing.webcrmId).read());
  if (record === null) return;
  // Our own write comes back as a hint and the job fails once more: with words that differ each time that would never end.
  const again = isSameFailure(job, error) && tellsFailure(textOn(tenant.settings, standing.kind, record));
  if (!again) await show(context, standing, record, statusOfFailure(error));
}

const isSameFailure = ({ lastError }: Job, error: unknown): boolean =>
  lastError !== null && lastError.code === (isSyncError(error) ? error.code : 'internal');

async function show(context: JobContext, standing: Standing, record: VendorRecord, status: Status): Promise<void> {
  const { tenant, runtime } = context;
  const { kind, webcrmId: id } = standing;
  if (id === null || bears(tenant.settings, kind, record, status)) return;
  if (kind === 'organisation' && !mayBear(context, standing, record)) return;
  if (isPaused(tenant, kind === 'organisation' ? 'customer' : 'delivery', 'webcrm')) return keepStatus(context);
  await whileProving(context, [kind], () =>
    provenPut(context, {
      kind,
      id,
      before: record,
      fields: statusFields(tenant.settings, kind, status, runtime.now()),
    }),
  );
}

/** R72: the record waits with its status. One that waits for something else is brought by the time of that decision. */
async function keepStatus(context: JobContext): Promise<void> {
  const { store, tenant, job, held } = context;
  if ((await store.decisions.get(tenant.id, job.entity, job.side, job.id)) !== null) return;
  held.add('webcrm');
  await keepHeld(context);
}

/**
 * An organisation of another Type gets no status, but one that it has is kept true. One without a customer from before the start
 * date gets none either: the write would make it a new one (R13 goes by its time of change).
 */
function mayBear({ tenant: { settings } }: JobContext, { pair }: Standing, record: VendorRecord): boolean {
  const organisation = record as Parameters<typeof isSelected>[1];
  if (!isSelected(settings, organisation)) return bearsOurs(settings, 'organisation', record);
  const isWhole = pair !== null && pair.webcrmId !== null && pair.fortnoxId !== null;
  return isWhole || !isBeforeStart(settings.startDate, record.OrganisationUpdatedAt);
}
