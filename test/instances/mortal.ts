import type { Runtime } from '../../src/runtime.ts';
import type { VirtualRuntime } from '../support/virtual-runtime.ts';

/** A process in virtual time: what it waits for comes while it lives, when it is continued, or never. */
export interface Mortal {
  readonly runtime: Runtime;
  /** SIGKILL: nothing is tidied up. Calls that are on their way arrive all the same. */
  kill(): void;
  /** SIGSTOP. */
  stop(): void;
  /** SIGSTOP at the next such call: after the last look at the lease, before the first byte. Resolves then. */
  stopAt(isMeant: (method: string, url: string) => boolean): Promise<void>;
  /** SIGCONT. */
  go(): void;
  readonly state: () => 'alive' | 'stopped' | 'killed';
}

/** `fetch` is how its requests reach the vendors; `gapMs` passes in the process between the decision to call and the first byte. */
export function createMortal(base: VirtualRuntime, fetch: Runtime['fetch'], gapMs = 1): Mortal {
  let state: 'alive' | 'stopped' | 'killed' = 'alive';
  let held: (() => void)[] = [];
  let first = () => {};
  let trap: { isMeant: (method: string, url: string) => boolean; sprung: () => void } | null = null;
  const deliver = (fn: () => void): void => {
    if (state === 'alive') fn();
    else if (state === 'stopped') held.push(fn);
  };
  const setTimer: Runtime['setTimer'] = (ms, fn) => {
    let isCancelled = false;
    const cancel = base.setTimer(ms, () => deliver(() => !isCancelled && fn()));
    return () => {
      isCancelled = true;
      cancel();
    };
  };
  return {
    state: () => state,
    runtime: {
      now: base.now,
      elapsed: base.elapsed,
      setTimer,
      random: base.random,
      randomBytes: base.randomBytes,
      fetch: async (...args) => {
        const request = args[0] as Request;
        if (trap?.isMeant(request.method, request.url)) {
          const body = await request.clone().text();
          const { method, url, headers } = request;
          state = 'stopped';
          trap.sprung();
          trap = null;
          // What runs goes on where it stood, before any timer is looked at; no time limit takes the bytes off the wire.
          await new Promise<void>((resolve) => {
            first = resolve;
          });
          void fetch(new Request(url, { method, headers, body })).catch(() => undefined);
        }
        await new Promise<void>((resolve) => void setTimer(gapMs, resolve));
        return new Promise((resolve, reject) => {
          fetch(...args).then(
            (answer) => deliver(() => resolve(answer)),
            (error: unknown) => deliver(() => reject(error)),
          );
        });
      },
    },
    kill() {
      state = 'killed';
      held = [];
    },
    stopAt: (isMeant) =>
      new Promise((resolve) => {
        trap = { isMeant, sprung: resolve };
      }),
    stop() {
      state = 'stopped';
    },
    go() {
      state = 'alive';
      first();
      setImmediate(() => {
        for (const fn of held.splice(0)) fn();
      });
    },
  };
}
