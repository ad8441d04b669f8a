import { sleep, systemRuntime } from '../../src/runtime.ts';
import type { Process } from './processes.ts';

const TRIES = 40;
const AGAIN_MS = 250;
const ANSWER_MS = 70_000;

/** What stands before several instances: the next one that is up gets each request; another when it does not answer. */
export function createBalancer(processes: readonly Process[], adminToken: string) {
  let turn = 0;

  async function send(path: string, init: RequestInit): Promise<Response> {
    for (let tries = 0; ; tries += 1) {
      const up = processes.filter((one) => one.isUp());
      turn += 1;
      const target = up[turn % Math.max(1, up.length)];
      try {
        if (target === undefined) throw new Error('none is up');
        const answer = await fetch(`${target.url()}${path}`, { ...init, signal: AbortSignal.timeout(ANSWER_MS) });
        if (answer.status < 500 || tries >= TRIES) return answer;
      } catch (error) {
        if (tries >= TRIES) throw error;
      }
      await sleep(systemRuntime(), AGAIN_MS);
    }
  }

  return {
    send,
    /** A call of the administrators' API; raises when it is refused. */
    async api<T>(method: string, path: string, body?: object): Promise<T> {
      const headers = {
        authorization: `Bearer ${adminToken}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      };
      const answer = await send(`/api${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return (answer.status === 204 ? {} : await answer.json()) as T;
    },
  };
}
