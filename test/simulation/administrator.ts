import type { Service } from '../../src/service.ts';
import type { World } from '../histories/world.ts';
import type { Weather, WeatherEvent } from './weather.ts';

const LOOKS_EVERY_MS = 90_000;
/** Calls that were never answered end by their time limit first. */
const LONGEST_TO_RECONNECT_MS = 15 * 60_000;

/**
 * The person who looks after the service in foul weather, with the weather's own events: a tenant that stands still is
 * connected anew, and when all is well again, what failed is retried (B4). Does nothing that the API does not offer.
 */
export function createAdministrator(world: World, weather: Weather) {
  const { runtime, store, fortnox, webcrm, tenantId } = world;
  let busyWith: Service | null = null;
  let isAway = false;

  async function reconnect(service: Service): Promise<void> {
    const tenant = await store.tenants.get(tenantId);
    if (tenant === null || tenant.state === 'connected') return;
    const { admin } = service.services;
    await admin.setWebcrmToken(tenantId, webcrm.applicationToken);
    await admin.setFortnoxGrant(tenantId, { grant: 'refresh_token', refreshToken: fortnox.issueRefreshToken() });
    await admin.connect(tenantId);
  }

  const isConnected = async () => (await store.tenants.get(tenantId))?.state === 'connected';

  /** A try that fails is made again at the next look; one that a dying service swallowed does not count. */
  async function look(): Promise<void> {
    const service = world.service();
    if (busyWith === service) return;
    busyWith = service;
    try {
      await reconnect(service);
    } catch {
      // Shown to the person, who comes again.
    } finally {
      if (busyWith === service) busyWith = null;
    }
  }

  function looks(): void {
    if (isAway) return;
    void look();
    runtime.setTimer(LOOKS_EVERY_MS, looks);
  }
  looks();

  const happens: Readonly<Record<WeatherEvent, () => void>> = {
    'expire-tokens'() {
      fortnox.expireTokens();
      webcrm.expireTokens();
    },
    'drop-stream': fortnox.stream.dropConnections,
    'stall-stream': fortnox.stream.stallConnections,
    clock: weather.turnClock,
  };
  function nextEvent(): void {
    const next = weather.nextEvent();
    if (next === null || isAway) return;
    runtime.setTimer(next.afterMs, () => {
      if (weather.isClear()) return;
      happens[next.event]();
      nextEvent();
    });
  }
  nextEvent();

  return {
    /** Connects what is not connected, and retries all that failed; to be called when nothing goes wrong any more. */
    async setRight(): Promise<void> {
      await runtime.runUntil(isConnected, LONGEST_TO_RECONNECT_MS);
      await store.jobs.retry(tenantId, null, runtime.now());
      world.service().services.worker.wake(tenantId);
    },
    leave(): void {
      isAway = true;
    },
  };
}
