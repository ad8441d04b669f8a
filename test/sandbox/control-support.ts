import type { Test } from 'tap';
import { createControl } from '../../src/sandbox/control.ts';
import { createFortnoxSandbox } from '../../src/sandbox/fortnox/index.ts';
import { createWebcrmSandbox } from '../../src/sandbox/webcrm/index.ts';

/** Two empty companies and their control, with calls below /control/. */
export function setup(t: Test) {
  let seed = 7;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  const now = () => Date.UTC(2026, 0, 5, 8);
  const fortnox = createFortnoxSandbox({ now, random, notify: () => {} });
  const webcrm = createWebcrmSandbox({ now, random, notify: () => {} });
  const app = createControl({
    fortnox,
    webcrm,
    runtime: { random },
    links: [{ title: '<b>docs</b>', url: 'http://x/?a="1"' }],
  });
  t.teardown(() => app.close());
  const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) => {
    const answer = await app.inject({ method, url: `/control/${path}`, ...(body ? { payload: body } : {}) });
    return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() };
  };
  return { fortnox, webcrm, app, call, random };
}
