import type { BaseLogger } from 'pino';
import { SyncError } from '../errors/sync-error.ts';
import type { CallFence } from '../vendors/fence.ts';
import type { Ownership } from './ownership.ts';

const refusal = (): SyncError =>
  new SyncError('not-owner', 'Another instance works on this tenant, or may soon: the call was not made.');

/** Calls that ended after their instance was held for dead: what they did at the vendor nobody here may store. */
export interface LateCalls {
  count: number;
}

/**
 * The fence of a tenant's clients, for the time that they are made in: a life of this instance and one stretch of owning the tenant. A
 * job that slept through the end of either finds it shut, also when the tenant has come back since.
 */
export function createCallFence(
  ownership: Pick<Ownership, 'mayCall' | 'isLost' | 'tenureOf' | 'word'>,
  tenantId: string,
  late: LateCalls,
  logger: Pick<BaseLogger, 'warn'>,
): CallFence {
  const word = ownership.word();
  const tenure = ownership.tenureOf(tenantId);
  const signal = tenure?.signal ?? AbortSignal.abort();
  return {
    signal,
    refusal,
    enter() {
      if (signal.aborted || ownership.word() !== word || !ownership.mayCall()) throw refusal();
      tenure?.callBegan();
    },
    left() {
      tenure?.callEnded();
      if (ownership.word() === word && !ownership.isLost()) return;
      late.count += 1;
      logger.warn(
        { tenant: tenantId, instance: word, late: late.count },
        'a call ended after this instance was held for dead; its record is looked at again',
      );
    },
  };
}
