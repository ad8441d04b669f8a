import type { Job } from '../../schemas/records.ts';
import type { RunnerDeps } from './tenant-runner.ts';

export interface LeaseKeeper {
  /** Renews the job's lease every third of its length until dropped. */
  keep(job: Job): void;
  drop(key: string): void;
  dropAll(): void;
}

/** Keeps the leases of one tenant's running jobs. A lease that was lost is logged; storing the job's end then fails. */
export function createLeaseKeeper(
  tenantId: string,
  deps: Pick<RunnerDeps, 'runtime' | 'store' | 'logger' | 'owner' | 'leaseMs'>,
): LeaseKeeper {
  const { runtime, logger, leaseMs } = deps;
  const renewals = new Map<string, () => void>();

  const plan = (key: string): void => {
    renewals.set(
      key,
      runtime.setTimer(leaseMs / 3, () => void renew(key)),
    );
  };

  async function renew(key: string): Promise<void> {
    const mine = renewals.get(key);
    try {
      if (!(await deps.store.jobs.renew(tenantId, key, deps.owner, runtime.now() + leaseMs))) {
        logger.warn({ tenant: tenantId, job: key }, 'the lease of a running job was lost');
        return;
      }
    } catch (error) {
      logger.error({ err: error, tenant: tenantId, job: key }, 'a lease could not be renewed; tried again');
    }
    // Dropped meanwhile, or dropped and kept anew for the job's next run: then that run has its own timer.
    if (renewals.get(key) === mine) plan(key);
  }

  function drop(key: string): void {
    renewals.get(key)?.();
    renewals.delete(key);
  }

  return {
    keep: (job) => plan(job.key),
    drop,
    dropAll() {
      for (const key of [...renewals.keys()]) drop(key);
    },
  };
}
