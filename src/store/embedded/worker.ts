import { parentPort, workerData } from 'node:worker_threads';
import { createEngine, type Engine } from './engine.ts';
import { toPlain, toSyncError } from './errors.ts';
import type { Answer, Request } from './messages.ts';

const port = parentPort;
if (port === null) throw new Error('worker.ts runs in a worker thread only');
const say = (answer: Answer): void => port.postMessage(answer);

function answerTo(engine: Engine, request: Request): Answer {
  try {
    if (request.kind === 'batch') return { kind: 'results', results: engine.runBatch(request.ops) };
    engine.close();
    return { kind: 'closed' };
  } catch (error) {
    return { kind: 'failed', error: toPlain(toSyncError(error)) };
  }
}

try {
  const engine = createEngine((workerData as { path: string }).path);
  port.on('message', (request: Request) => {
    say(answerTo(engine, request));
    if (request.kind === 'close') port.close();
  });
  say({ kind: 'ready' });
} catch (error) {
  say({ kind: 'failed', error: toPlain(toSyncError(error)) });
  port.close();
}
