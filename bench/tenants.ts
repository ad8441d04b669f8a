import { sleep, systemRuntime } from '../src/runtime.ts';
import type { Bench, Figure } from './frame/bench.ts';
import { largestSecond } from './frame/statistics.ts';
import { metricOf, usageOf } from './real/usage.ts';
import { openRealWorld, type RealWorld } from './real/world.ts';

interface Size {
  readonly tenants: number;
  readonly pollSeconds: number;
  readonly seconds: number;
}
interface Sizes {
  readonly full: Size;
  /** Fewer tenants, polled more often: as many calls a second as in the full form. */
  readonly short: Size;
  /** Goals stand for the first thousand; what more cost is reported. */
  readonly hasGoals: boolean;
}
const THOUSAND: Sizes = {
  full: { tenants: 1_000, pollSeconds: 360, seconds: 360 },
  short: { tenants: 50, pollSeconds: 18, seconds: 18 },
  hasGoals: true,
};
const TEN_THOUSAND: Sizes = {
  full: { tenants: 10_000, pollSeconds: 360, seconds: 180 },
  short: { tenants: 500, pollSeconds: 18, seconds: 18 },
  hasGoals: false,
};
const LOOK_MS = 1_000;
const STREAM_LOOK_MS = 20;
const LONGEST_STREAM_MS = 600_000;
/** An instance is full when idle work takes half of a core: the other half is for changes. */
const FULL_CORE = 0.5;
const EVENT_LOOP_MS = 20;

const pause = (ms: number) => sleep(systemRuntime(), ms);

/** Until the stream tells of every tenant over a connection after `before`; gives the seconds that it took. */
async function streamed({ vendors, tenants }: RealWorld, before: number): Promise<number> {
  const begun = performance.now();
  for (;;) {
    const { tenants: on, subscriptions } = await vendors.streamed();
    if (on === tenants.length && subscriptions > before) return (performance.now() - begun) / 1000;
    if (performance.now() - begun > LONGEST_STREAM_MS)
      throw new Error(`only ${on} of ${tenants.length} tenants are on the stream`);
    await pause(STREAM_LOOK_MS);
  }
}

async function measure({ tenants: count, pollSeconds, seconds }: Size, hasGoals: boolean): Promise<Figure[]> {
  const world = await openRealWorld(count, { POLL_INTERVAL_SECONDS: String(pollSeconds) });
  const { service, vendors } = world;
  try {
    const begun = performance.now();
    await service.start();
    const startedIn = (performance.now() - begun) / 1000;
    await streamed(world, 0);
    // Everybody's first poll is behind us: it reads the articles.
    await pause(pollSeconds * 1000);

    await vendors.forget();
    // It begins its histogram anew.
    await metricOf(service.url(), 'nodejs_eventloop_lag_p99_seconds');
    const [from, before] = [Date.now(), usageOf(service.pid())];
    let resident = 0;
    for (let second = 0; second < seconds; second += 1) {
      resident = Math.max(resident, usageOf(service.pid()).residentMb);
      await pause(from + (second + 1) * LOOK_MS - Date.now());
    }
    const to = Date.now();
    const cpu = (usageOf(service.pid()).cpuSeconds - before.cpuSeconds) / ((to - from) / 1000);
    const eventLoop = (await metricOf(service.url(), 'nodejs_eventloop_lag_p99_seconds')) * 1000;
    const reads = (await vendors.calls()).filter(({ request }) => request.startsWith('GET '));
    const { subscriptions } = await vendors.streamed();
    await vendors.dropStream();
    const reconnect = await streamed(world, subscriptions);
    const [wrong] = await vendors.violations();
    if (wrong !== undefined) throw new Error(`a vendor refused: ${wrong}`);

    const named = (name: string, value: number, unit: string, atMost?: number): Figure => ({
      ...{ name: `${count} tenants: ${name}`, value, unit },
      ...(hasGoals && atMost !== undefined ? { goal: { atMost } } : {}),
    });
    const needed = Math.ceil(cpu / FULL_CORE);
    return [
      named('resident memory, most', resident, 'MB', 350),
      named('idle CPU, of a core', cpu * 100, '%', 3),
      named('event loop, p99', eventLoop, 'ms', EVENT_LOOP_MS),
      named(
        'largest second of polling, of the mean',
        largestSecond(
          reads.map(({ at }) => at),
          from,
          to,
        ),
        '',
        2,
      ),
      named('calls of polling', reads.length / ((to - from) / 1000), 'a second'),
      named('CPU of a call of polling', (cpu * (to - from)) / Math.max(1, reads.length), 'ms'),
      named('stream again after a break', reconnect, 's'),
      named('start of the service', startedIn, 's'),
      named('connecting them', world.connectedIn, 's'),
      named('instances needed', Math.max(1, needed), ''),
    ];
  } finally {
    await world.close();
  }
}

/** What many tenants cost while nothing happens (B5, B9). */
const idle = (name: string, many: string, { full: whole, short, hasGoals }: Sizes): Bench => ({
  name,
  about: `a service with ${many} connected tenants and nothing but polls and the stream; vendors in another process`,
  clock: 'real',
  run: ({ full }) => measure(full ? whole : short, hasGoals),
});

export const tenants = idle('tenants', 'a thousand', THOUSAND);
/** Further than one instance is meant for: it shows how many are needed. */
export const manyTenants = idle('many-tenants', 'ten thousand', TEN_THOUSAND);
