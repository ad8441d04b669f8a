import type { Priority } from '../../schemas/records.ts';
import type { Gate, Write } from './gate.ts';

/** Keeps a call from starting that another instance may be making: of one tenant, for as long as it is worked here. */
export interface CallFence {
  /** Raises `not-owner` when no call may start now. */
  enter(): void;
  /** A call has ended, however it ended. */
  left(): void;
  /** Aborted when calls that wait for a slot are to be given up. */
  readonly signal: AbortSignal;
  /** What a call is refused with. */
  refusal(): Error;
}

/** The budget with the fence before each start: asked when the slot is there, so that no wait lies between the two. */
export function fenced<G extends Gate>(budget: G, fence: CallFence | null): G {
  if (fence === null) return budget;
  const { enter, left, signal, refusal } = fence;

  async function run<T>(priority: Priority, call: () => Promise<T>, write?: Write): Promise<T> {
    if (signal.aborted) throw refusal();
    let started = false;
    const running = budget.run(
      priority,
      async () => {
        enter();
        started = true;
        try {
          return await call();
        } finally {
          left();
        }
      },
      write,
    );
    let forget = () => {};
    const givenUp = new Promise<never>((_, reject) => {
      const giveUp = () => {
        // A call that is on its way ends by itself; one that waits finds the fence shut when its slot comes.
        if (!started) reject(refusal());
      };
      forget = () => signal.removeEventListener('abort', giveUp);
      signal.addEventListener('abort', giveUp, { once: true });
    });
    // When it was given up nobody awaits it any more.
    running.catch(() => undefined);
    return Promise.race([running, givenUp]).finally(forget);
  }
  return { ...budget, run };
}
