import { jobKey } from '../../schemas/records.ts';
import { tenantLine } from '../admin/lines.ts';
import { SyncError } from '../errors/sync-error.ts';
import { alone, askedFor, type MendingDeps, type Request } from '../mending/deps.ts';
import { changeTenant } from '../store/change-tenant.ts';
import { trialsAmong } from '../sync/put-trial.ts';
import type { RecordRef } from '../sync/record-ref.ts';
import { type Kept, keptOf } from './kept.ts';
import type { Tombstones } from './tombstones.ts';

/** A person by its record: the organisation in webCRM, or the customer in Fortnox. */
export type Person = Pick<RecordRef, 'side' | 'id'>;

export interface Erased {
  readonly pairs: number;
  readonly jobs: number;
  readonly activity: number;
  readonly refusals: number;
  readonly listed: number;
}

export interface Persons {
  /** Everything that is kept about the person. */
  export(request: Request, person: Person): Promise<Kept>;
  /**
   * Deletes all of it, and leaves tombstones so that nothing brings the person back (R77). Harmless to repeat. Raises `record-busy`
   * while a job works on one of the records.
   */
  erase(request: Request, person: Person): Promise<Erased>;
  /**
   * The person's record follows by itself again. Its former deliveries and documents are left alone: without their pairs nobody could
   * tell which are one. Raises `not-found` when it was not erased. */
  readmit(request: Request, person: Person): Promise<void>;
}

const refOf = ({ side, id }: Person): RecordRef => ({ entity: 'customer', side, id });

/** Export, erasure and return of a person's data. */
export function createPersons(deps: MendingDeps & { readonly tombstones: Tombstones }): Persons {
  const { store, tombstones } = deps;

  /**
   * What leads to the rest goes last: an erasure that was cut short is repeated, and must find what is left. Through decisions and what
   * imports listed the waiting documents are found, through the person's own pair everything (`keptOf`).
   */
  async function deleteAll({ id: tenant }: Request['tenant'], kept: Kept): Promise<Erased> {
    const activity = await store.activity.forget(
      tenant,
      kept.activity.map((line) => line.id),
    );
    const jobs = await store.jobs.forget(tenant, kept.records.map(jobKey));
    if (kept.trials.length > 0)
      await changeTenant(store, tenant, ({ partialPutTrials = [] }) => {
        const gone = trialsAmong(partialPutTrials, kept.records);
        return { partialPutTrials: partialPutTrials.filter((one) => !gone.includes(one)) };
      });
    for (const { entity, side, id } of kept.refusals)
      await store.decisions.set(tenant, entity, side, id, null, deps.runtime.now());
    let listed = 0;
    for (const { kind, side, id } of kept.listed) listed += await store.listed.forget(tenant, kind, side, id);
    for (const pair of kept.pairs) {
      if (!(await store.pairs.delete(tenant, pair.id, pair.version)))
        throw new SyncError('record-busy', 'A pair of this person was changed just now: ask again in a moment.', {
          waitMs: 1000,
        });
    }
    return { pairs: kept.pairs.length, jobs, activity, refusals: kept.refusals.length, listed };
  }

  return {
    export: ({ tenant }, person) => keptOf(store, tenant.id, refOf(person)),
    async erase(request, person) {
      const { tenant, by } = request;
      const found = await keptOf(store, tenant.id, refOf(person));
      const erased = await alone(deps, request, found.records, async () => {
        await tombstones.bury(
          tenant.id,
          found.records.filter(({ entity }) => entity !== 'line'),
        );
        // Read again: what a job wrote before we had the locks is the person's too.
        return deleteAll(tenant, await keptOf(store, tenant.id, refOf(person)));
      });
      await tenantLine(deps, {
        tenant: tenant.id,
        action: 'request',
        message: `The data of a person was erased: ${erased.pairs} pairs, ${erased.jobs} jobs, ${erased.activity} lines of this log.`,
        by,
      });
      return erased;
    },
    async readmit(request, person) {
      const { tenant, by } = request;
      const record = refOf(person);
      if ((await tombstones.lift(tenant.id, [record])) === 0)
        throw new SyncError('not-found', 'This record was not erased, so there is nothing to readmit.');
      await store.decisions.set(tenant.id, 'customer', record.side, record.id, null, deps.runtime.now());
      await tenantLine(deps, {
        tenant: tenant.id,
        action: 'request',
        message: 'A person who was erased was readmitted.',
        by,
      });
      await deps.hint(askedFor(request, [record]));
    },
  };
}
