/**
 * The service as a process of its own that kills itself at a named step: SIGKILL, so that nothing is tidied up.
 * Without KILL_STEP it works until nothing is left to do and ends with 0.
 */
import { pino } from 'pino';
import type { Hint } from '../../schemas/records.ts';
import { readConfig } from '../../src/config.ts';
import { sleep, systemRuntime } from '../../src/runtime.ts';
import { createService } from '../../src/service.ts';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.ts';
import type { Store } from '../../src/store/port.ts';

const { KILL_STEP, KILL_MOMENT, HINT, FORTNOX_CODE, WEBCRM_TOKEN } = process.env;
const die = () => process.kill(process.pid, 'SIGKILL');
/** SIGKILL is delivered while the event loop turns; nothing may follow it. */
const dead = () => new Promise<never>(() => die());

async function step<T>(name: string, run: () => Promise<T>): Promise<T> {
  if (KILL_STEP !== name) return run();
  if (KILL_MOMENT === 'before') return dead();
  await run();
  return dead();
}

function watched(store: Store): Store {
  return new Proxy(store, {
    get(target, area: keyof Store) {
      const part = target[area];
      if (typeof part === 'function') return (part as () => unknown).bind(target);
      return new Proxy(part as object, {
        get(methods, method) {
          const operation = Reflect.get(methods, method) as (...args: unknown[]) => Promise<unknown>;
          return (...args: unknown[]) => step(`${area}.${String(method)}`, () => operation.apply(methods, args));
        },
      });
    },
  });
}

const system = systemRuntime();
let armed = false;
const runtime = {
  ...system,
  fetch: (async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = input instanceof Request ? input : new Request(input, init);
    const path = new URL(request.url).pathname.replace(/\/\d+$/, '');
    const run = async () => {
      const answer = await system.fetch(request);
      const body = await answer.arrayBuffer();
      return new Response(body.byteLength === 0 ? null : body, { status: answer.status, headers: answer.headers });
    };
    return armed ? step(`${request.method} ${path}`, run) : run();
  }) as typeof fetch,
};

const config = readConfig(process.env);
const opened = await openEmbeddedStore({ path: `${config.dataDir}/crash.db` });
const service = await createService({
  config,
  runtime,
  logger: pino({ level: config.logLevel }, pino.destination(2)),
  encryptionKey: Buffer.alloc(32, 7),
  adminToken: 'crash-test-token',
  store: watched(opened),
});
const { admin, intake, store } = service.services;

const [known] = (await opened.tenants.list({ limit: 1 })).items;
const tenant = known ?? (await admin.createTenant('Crash')).tenant;
if (tenant.state === 'new') {
  await admin.updateSettings(tenant.id, { customFields: { customerNumber: 'OrganisationCustom1' } });
  await admin.setWebcrmToken(tenant.id, WEBCRM_TOKEN ?? '');
  await admin.setFortnoxGrant(tenant.id, { grant: 'refresh_token', refreshToken: FORTNOX_CODE ?? '' });
  await admin.connect(tenant.id);
}
armed = true;
await service.start();
// A vendor sends a notification again until it is acknowledged, so a new start sees the hint again.
await intake.accept([{ ...(JSON.parse(HINT ?? '{}') as Hint), tenant: tenant.id }]);
for (let turn = 0; turn < 400; turn += 1) {
  const { waiting, running } = await store.jobs.counts(tenant.id);
  if (waiting + running === 0) break;
  await sleep(runtime, 50);
}
const left = await store.jobs.counts(tenant.id);
await service.stop();
await opened.close();
process.exitCode = left.waiting + left.running + left.dead === 0 ? 0 : 3;
