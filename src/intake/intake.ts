import type { Hint } from '../../schemas/records.ts';
import type { Intake } from '../queue/types.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';

export interface IntakeDeps {
  readonly runtime: Pick<Runtime, 'now'>;
  readonly store: { readonly jobs: Pick<Store['jobs'], 'enqueue'> };
  readonly wake: (tenantId: string) => void;
}

interface Caller {
  readonly hints: readonly Hint[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Keeps one commit short, so that a live notification does not wait behind an import's pages. */
const HINTS_A_COMMIT = 1_000;

/**
 * The one door for hints. What arrives while a commit runs goes into the next one together. `accept` resolves when its
 * hints are durable and rejects with the store's SyncError when they are not: the caller tells its sender to try again.
 */
export function createIntake(deps: IntakeDeps): Intake {
  let waiting: Caller[] = [];
  let committing = false;

  function takeGroup(): Caller[] {
    let count = 0;
    let callers = 0;
    for (const caller of waiting) {
      if (callers > 0 && count + caller.hints.length > HINTS_A_COMMIT) break;
      count += caller.hints.length;
      callers += 1;
    }
    const group = waiting.slice(0, callers);
    waiting = waiting.slice(callers);
    return group;
  }

  async function commitAll(): Promise<void> {
    committing = true;
    while (waiting.length > 0) {
      const group = takeGroup();
      const hints = group.flatMap((caller) => caller.hints);
      try {
        await deps.store.jobs.enqueue(hints, deps.runtime.now());
      } catch (error) {
        for (const caller of group) caller.reject(error);
        continue;
      }
      for (const caller of group) caller.resolve();
      for (const tenant of new Set(hints.map((hint) => hint.tenant))) deps.wake(tenant);
    }
    committing = false;
  }

  return {
    accept(hints) {
      if (hints.length === 0) return Promise.resolve();
      return new Promise((resolve, reject) => {
        waiting.push({ hints, resolve, reject });
        if (!committing) void commitAll();
      });
    },
  };
}
