import type { Worker } from 'node:worker_threads';
import { SyncError } from '../../errors/sync-error.ts';
import type { OpResult } from './engine.ts';
import { fromPlain } from './errors.ts';
import type { Answer, Request } from './messages.ts';
import type { Op } from './ops/index.ts';

/** Operations of one commit at most: a longer queue is cut, so that the first ones need not wait for the last. */
const BATCH = 500;

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

/** Speaks to one worker: one batch is under way at a time, and what arrives meanwhile forms the next. */
export function createWorkerClient(worker: Worker): WorkerClient {
  let queue: Waiting[] = [];
  let underWay: Waiting[] = [];
  let state: 'starting' | 'idle' | 'busy' | 'ended' = 'starting';
  let scheduled = false;
  let closing: Promise<void> | undefined;
  let closeNow: (() => void) | undefined;
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
      rest();
      resolve();
    });
    void exited.then(() => reject(reason));
  });

  /** The thread keeps the process alive only while there is work. */
  function rest(): void {
    state = 'idle';
    worker.unref();
    flush();
  }

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
    if (state !== 'idle') return;
    if (queue.length === 0) {
      closeNow?.();
      return;
    }
    underWay = queue.splice(0, BATCH);
    send({ kind: 'batch', ops: underWay.map((waiting) => waiting.op) });
  }

  function send(request: Request): void {
    state = 'busy';
    worker.ref();
    try {
      worker.postMessage(request);
    } catch (cause) {
      refuseWhatCannotCross(cause);
    }
  }

  /** Rejects the operations whose arguments cannot be copied to the thread; the others of their batch go on. */
  function refuseWhatCannotCross(cause: unknown): void {
    const error = new SyncError('store-failed', `The store was given what it cannot keep: ${String(cause)}`, { cause });
    const sound = underWay.filter((waiting) => isCloneable(waiting.op));
    for (const waiting of underWay) if (!sound.includes(waiting)) waiting.reject(error);
    queue.unshift(...sound);
    underWay = [];
    rest();
  }

  function receive(answer: Answer): void {
    if (answer.kind === 'closed') {
      end(reason);
      return;
    }
    const done = underWay;
    underWay = [];
    for (const [index, waiting] of done.entries())
      settle(waiting, answer.kind === 'results' ? answer.results[index] : undefined, answer);
    rest();
  }

  function settle(waiting: Waiting, result: OpResult | undefined, answer: Answer): void {
    if (result?.ok) waiting.resolve(result.value);
    else if (result) waiting.reject(fromPlain(result.error));
    else if (answer.kind === 'failed') waiting.reject(fromPlain(answer.error));
    else waiting.reject(new SyncError('store-failed', 'The store gave no answer'));
  }

  function call(op: Op): Promise<unknown> {
    if (closing || state === 'ended') return Promise.reject(reason);
    return new Promise((resolve, reject) => {
      queue.push({ op, resolve, reject });
      if (scheduled || state !== 'idle') return;
      scheduled = true;
      queueMicrotask(flush);
    });
  }

  function close(): Promise<void> {
    closing ??= new Promise<void>((resolve) => {
      closeNow = () => {
        closeNow = undefined;
        send({ kind: 'close' });
      };
      void exited.then(resolve);
      flush();
    });
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
