import type { Worker } from 'node:worker_threads';
import { SyncError } from '../../errors/sync-error.ts';
import type { OpResult } from './engine.ts';
import { fromPlain } from './errors.ts';
import type { Answer, Request } from './messages.ts';
import type { Op } from './ops/index.ts';

/** Operations of one message at most: the thread begins with the first ones while the last are still being copied. */
const MESSAGE = 250;

interface Waiting {
  readonly op: Op;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: SyncError) => void;
}

export interface WorkerClient {
  /** Resolves when the worker has opened the store; rejects with its reason when it cannot. */
  readonly ready: Promise<void>;
  call(op: Op): Promise<unknown>;
  /** Finishes what was called before, then ends the thread. Calling it again gives the same promise. */
  close(): Promise<void>;
}

/**
 * Speaks to one worker. While it has nothing to do, what is called goes out at once; while it is at work, what was called in one round of
 * the event loop goes out together, and the worker commits it with whatever else has come.
 */
export function createWorkerClient(worker: Worker): WorkerClient {
  let queue: Waiting[] = [];
  /** Sent and not answered, the oldest first. */
  let underWay: Waiting[] = [];
  let state: 'starting' | 'open' | 'ended' = 'starting';
  let scheduled = false;
  let closing: Promise<void> | undefined;
  let reason = new SyncError('store-failed', 'The store is closed');

  const exited = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      end(closing ? reason : new SyncError('store-failed', 'The thread of the store ended unexpectedly'));
      resolve();
    });
  });
  worker.on('error', (cause) =>
    end(new SyncError('store-failed', `The thread of the store failed: ${String(cause)}`, { cause })),
  );
  worker.on('messageerror', (cause) => {
    end(new SyncError('store-failed', `An answer of the store could not be read: ${String(cause)}`, { cause }));
    void worker.terminate();
  });

  const ready = new Promise<void>((resolve, reject) => {
    worker.once('message', (answer: Answer) => {
      if (answer.kind !== 'ready') {
        end(answer.kind === 'failed' ? fromPlain(answer.error) : reason);
        reject(reason);
        return;
      }
      worker.on('message', receive);
      state = 'open';
      worker.unref();
      flush();
      resolve();
    });
    void exited.then(() => reject(reason));
  });

  function end(error: SyncError): void {
    if (state === 'ended') return;
    state = 'ended';
    reason = error;
    for (const waiting of [...underWay, ...queue]) waiting.reject(error);
    underWay = [];
    queue = [];
  }

  function flush(): void {
    scheduled = false;
    while (state === 'open' && queue.length > 0) {
      const given = queue.splice(0, MESSAGE);
      try {
        send({ kind: 'batch', ops: given.map((waiting) => waiting.op) });
        underWay.push(...given);
      } catch (cause) {
        queue.unshift(...refuseWhatCannotCross(given, cause));
      }
    }
  }

  /** The thread keeps the process alive only while there is work. */
  function send(request: Request): void {
    worker.postMessage(request);
    worker.ref();
  }

  /** Rejects the operations whose arguments cannot be copied to the thread; gives the others of their batch, which go on. */
  function refuseWhatCannotCross(given: readonly Waiting[], cause: unknown): Waiting[] {
    const error = new SyncError('store-failed', `The store was given what it cannot keep: ${String(cause)}`, { cause });
    const cloneable = given.filter((waiting) => isCloneable(waiting.op));
    // All of them can be copied one by one: it is not their fault, and another try would end the same.
    const sound = cloneable.length === given.length ? [] : cloneable;
    for (const waiting of given) if (!sound.includes(waiting)) waiting.reject(error);
    return sound;
  }

  function receive(answer: Answer): void {
    if (answer.kind === 'closed') end(reason);
    else if (answer.kind === 'results') {
      const done = underWay.splice(0, answer.results.length);
      for (const [index, waiting] of done.entries()) settle(waiting, answer.results[index] as OpResult);
    } else if (answer.kind === 'failed') {
      const error = fromPlain(answer.error);
      for (const waiting of underWay.splice(0, answer.count)) waiting.reject(error);
    }
    if (underWay.length === 0 && !closing) worker.unref();
  }

  function settle(waiting: Waiting, result: OpResult): void {
    if (result.ok) waiting.resolve(result.value);
    else waiting.reject(fromPlain(result.error));
  }

  function call(op: Op): Promise<unknown> {
    if (closing || state === 'ended') return Promise.reject(reason);
    return new Promise((resolve, reject) => {
      queue.push({ op, resolve, reject });
      if (scheduled || state !== 'open') return;
      scheduled = true;
      if (underWay.length === 0) queueMicrotask(flush);
      else setImmediate(flush);
    });
  }

  function close(): Promise<void> {
    closing ??= ready.then(
      () => {
        flush();
        if (state === 'open') send({ kind: 'close' });
        return exited;
      },
      () => exited,
    );
    return closing;
  }

  return { ready, call, close };
}

function isCloneable(op: Op): boolean {
  try {
    structuredClone(op);
    return true;
  } catch {
    return false;
  }
}
