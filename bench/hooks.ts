import { join } from 'node:path';
import { sleep, systemRuntime } from '../src/runtime.ts';
import { openEmbeddedStore } from '../src/store/embedded/embedded-store.ts';
import { every } from '../src/store/every.ts';
import type { Bench, Figure } from './frame/bench.ts';
import { quantile } from './frame/statistics.ts';
import { startSender } from './real/sender.ts';
import type { Sent } from './real/sender-child.ts';
import { openRealWorld, type RealWorld } from './real/world.ts';

/** A hundred hooks a second of each is what one tenant may send. */
const TENANTS = 20;
const WARM_UP = { aSecond: 200, seconds: 5 };
const STEADY_A_SECOND = 500;
const BURST_A_SECOND = 2_000;
const QUIET_MS = 1_000;

const keyOf = (tenant: string, id: string | number): string => `${tenant} ${id}`;

/** Hooks that were accepted and are neither a job in the store nor were looked at in webCRM meanwhile. Of a service that was killed. */
async function lost({ folder, tenants, vendors }: RealWorld, sent: readonly Sent[]): Promise<string[]> {
  const kept = new Set<string>();
  const byNumber = new Map(tenants.map(({ number, id }) => [number, id]));
  for (const { number, request } of await vendors.calls()) {
    const id = /^GET \/Organisations\/(\d+)$/.exec(request)?.[1];
    if (id !== undefined) kept.add(keyOf(byNumber.get(number) ?? '', id));
  }
  const store = await openEmbeddedStore({ path: join(folder, 'sync.db') });
  for (const { id: tenant } of tenants)
    for (const state of ['waiting', 'running'] as const)
      for await (const job of every((page) => store.jobs.list(tenant, { ...page, state })))
        kept.add(keyOf(tenant, job.id));
  await store.close();
  const accepted = sent.flatMap((one) => one.accepted.map(([tenant, id]) => keyOf(tenants[tenant]?.id ?? '', id)));
  return accepted.filter((key) => !kept.has(key));
}

const refused = ({ others }: Sent): number => Object.values(others).reduce((sum, count) => sum + count, 0);

async function measure(full: boolean): Promise<Figure[]> {
  const world = await openRealWorld(TENANTS, { FORTNOX_STREAM_URL: '' });
  const sender = await startSender();
  try {
    await world.service.start();
    await world.vendors.forget();
    const urls = world.tenants.map(({ hook }) => `${world.service.url()}${hook}`);
    let firstId = 1_000_000;
    const sent: Sent[] = [];
    const send = async (load: { aSecond: number; seconds: number }): Promise<Sent> => {
      const one = await sender.send({ urls, firstId, ...load });
      firstId += load.aSecond * load.seconds;
      sent.push(one);
      return one;
    };
    await send(WARM_UP);
    const steady = await send({ aSecond: STEADY_A_SECOND, seconds: full ? 60 : 5 });
    await sleep(systemRuntime(), QUIET_MS);
    const burst = await send({ aSecond: BURST_A_SECOND, seconds: full ? 10 : 2 });
    // At once, so that only what was durable when it was acknowledged is there.
    await world.service.kill('SIGKILL');
    const missing = await lost(world, sent);
    const total = sent.reduce((sum, { accepted }) => sum + accepted.length, 0);
    const p = (one: Sent, share: number) => quantile(one.latencies, share);
    return [
      { name: '500 a second, p50', value: p(steady, 0.5), unit: 'ms' },
      { name: '500 a second, p99', value: p(steady, 0.99), unit: 'ms', goal: { atMost: 50 } },
      { name: '500 a second, largest', value: p(steady, 1), unit: 'ms' },
      { name: '500 a second, not accepted', value: refused(steady), unit: '', goal: { atMost: 0 } },
      { name: '2,000 a second, p50', value: p(burst, 0.5), unit: 'ms' },
      { name: '2,000 a second, p99', value: p(burst, 0.99), unit: 'ms' },
      { name: '2,000 a second, not accepted', value: refused(burst), unit: '' },
      { name: 'acknowledged and lost', value: missing.length, unit: '', goal: { atMost: 0 } },
      { name: 'acknowledged', value: total, unit: '' },
      { name: 'the sender was late by at most', value: Math.max(steady.sentLate, burst.sentLate), unit: 'ms' },
    ];
  } finally {
    await sender.end();
    await world.close();
  }
}

/** Bursts of hooks: how soon each is acknowledged, and that none of those is lost (B1, B5). */
export const hooks: Bench = {
  name: 'hooks',
  about:
    'hooks in open loop from another process, embedded store on disk: intended send to 202; then a kill, and who is missing',
  clock: 'real',
  run: ({ full }) => measure(full),
};
