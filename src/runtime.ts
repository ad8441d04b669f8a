import { randomBytes } from 'node:crypto';

/**
 * Everything of the outside world that a part may use. It is passed in, so that a seeded scheduler can run the whole
 * service in virtual time. Times are milliseconds since the epoch (UTC).
 */
export interface Runtime {
  now(): number;
  /**
   * Milliseconds since some moment before this process's start, running forward only: for whatever measures how long something
   * takes. Setting the machine's clock does not move it. Not to be compared with another process's.
   */
  elapsed(): number;
  /** Runs `fn` once after `ms`; the returned function cancels it. */
  setTimer(ms: number, fn: () => void): () => void;
  /** A number in [0, 1). */
  random(): number;
  randomBytes(count: number): Buffer;
  fetch: typeof fetch;
}

export function systemRuntime(): Runtime {
  return {
    now: () => Date.now(),
    elapsed: () => performance.now(),
    setTimer: (ms, fn) => {
      const handle = setTimeout(fn, ms);
      return () => clearTimeout(handle);
    },
    random: () => Math.random(),
    randomBytes: pooledBytes(),
    fetch: (...args) => globalThis.fetch(...args),
  };
}

/** Each request is named by some: drawn a few at a time, they cost more than all else that is done for the name. */
const POOL_BYTES = 4_096;

function pooledBytes(): (count: number) => Buffer {
  let pool = Buffer.alloc(0);
  return (count) => {
    if (pool.length < count) pool = randomBytes(Math.max(count, POOL_BYTES));
    const given = Buffer.from(pool.subarray(0, count));
    // What was given is nowhere else any more: it may become a key.
    pool.fill(0, 0, count);
    pool = pool.subarray(count);
    return given;
  };
}

/** Resolves after `ms`, or at once when `signal` is aborted: a stop never waits for a sleeper. */
export function sleep(runtime: Pick<Runtime, 'setTimer'>, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const cancel = runtime.setTimer(ms, done);
    function done() {
      signal?.removeEventListener('abort', done);
      cancel();
      resolve();
    }
    signal?.addEventListener('abort', done, { once: true });
  });
}

/** A random identifier of 128 bits as 32 hexadecimal digits. */
export const newId = (runtime: Runtime): string => runtime.randomBytes(16).toString('hex');

/** Waits for `work`, but `ms` at most: false when it had not ended by then. Raises what it raises. */
export function within(runtime: Pick<Runtime, 'setTimer'>, ms: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    // Not a `sleep` that is aborted: an abort makes an error with its stack, and each hook comes here twice.
    const cancel = runtime.setTimer(ms, () => resolve(false));
    work.then(
      () => {
        cancel();
        resolve(true);
      },
      (error: unknown) => {
        cancel();
        reject(error);
      },
    );
  });
}
