import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { ARRIVAL_MS } from './arrival.ts';
import { createEngine, type Engine } from './engine.ts';
import { toPlain, toSyncError } from './errors.ts';
import type { Answer, Request } from './messages.ts';
import type { Op } from './ops/index.ts';

if (parentPort === null) throw new Error('worker.ts runs in a worker thread only');
const inbox: MessagePort = parentPort;
const say = (answer: Answer): void => inbox.postMessage(answer);

/** A commit takes what has arrived, but not much more than this: the first ones need not wait for the last of a long queue. */
const BATCH = 500;

/** The first request's operations and those of the requests that came meanwhile: one fsync serves all of them. */
function gather(first: readonly Op[]): { readonly ops: readonly Op[]; readonly isLast: boolean } {
  const ops = [...first];
  while (ops.length < BATCH) {
    const next = (receiveMessageOnPort(inbox) as { readonly message: Request } | undefined)?.message;
    if (next === undefined) break;
    if (next.kind === 'close') return { ops, isLast: true };
    ops.push(...next.ops);
  }
  return { ops, isLast: false };
}

function runAll(engine: Engine, ops: readonly Op[]): Answer {
  try {
    return { kind: 'results', results: engine.runBatch(ops) };
  } catch (error) {
    return { kind: 'failed', error: toPlain(toSyncError(error)), count: ops.length };
  }
}

function close(engine: Engine): void {
  try {
    engine.close();
    say({ kind: 'closed' });
  } catch (error) {
    say({ kind: 'failed', error: toPlain(toSyncError(error)), count: 0 });
  }
  inbox.close();
}

try {
  const { path } = workerData as { path: string };
  const engine = createEngine(path, { abandonedDueAt: Date.now() + ARRIVAL_MS });
  inbox.on('message', (request: Request) => {
    if (request.kind === 'close') return close(engine);
    const { ops, isLast } = gather(request.ops);
    say(runAll(engine, ops));
    if (isLast) close(engine);
  });
  say({ kind: 'ready' });
} catch (error) {
  say({ kind: 'failed', error: toPlain(toSyncError(error)), count: 0 });
  inbox.close();
}
