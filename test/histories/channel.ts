import { type Entity, PRIORITY, type Tenant } from '../../schemas/records.ts';
import { isSyncError } from '../../src/errors/sync-error.ts';
import { isFollowed } from '../../src/intake/followed.ts';
import { parseFortnoxEvent } from '../../src/intake/fortnox-event.ts';
import type { Poller } from '../../src/intake/poller.ts';
import { type HookPath, parseWebcrmHook } from '../../src/intake/webcrm-hook.ts';
import type { Runtime } from '../../src/runtime.ts';
import type { SendNotification } from '../../src/sandbox/chassis.ts';
import type { Service } from '../../src/service.ts';
import type { Chances } from './prng.ts';

const LONGEST_DELAY_MS = 30_000;
const RESEND_MS = 20_000;
const RESENDS = 2;

/** A bad line: notifications are dropped, doubled, delayed and thereby reordered. They arrive once `connect` was called. */
export function createChannel(deps: {
  runtime: Runtime;
  chances: Chances;
  /** The service may refuse what arrives; the sender then tries again, a few times. */
  mayRefuse?: boolean;
}) {
  const { runtime, chances, mayRefuse = false } = deps;
  let receiver: { service: Service; tenant: string } | null = null;

  async function deliver(url: string, body: string): Promise<void> {
    if (receiver === null) return;
    const { service, tenant } = receiver;
    const { intake, store } = service.services;
    const poller: Pick<Poller, 'pollNow'> = service.services.poller;
    const settled = await store.tenants.get(tenant);
    if (settled === null) return;
    const address = /\/webhooks\/webcrm\/[^/]+\/([a-z]+)\/(\w+)$/.exec(url);
    if (address !== null) {
      const [, path, event] = address as unknown as [string, HookPath, string];
      const records = parseWebcrmHook(path, event, readable(body));
      if (records.length === 0) await poller.pollNow(tenant, 'webcrm', polledFor(settled, path));
      await intake.accept(
        records.map(({ entity, id }) => ({ tenant, entity, side: 'webcrm', id, priority: PRIORITY.notification })),
      );
      return;
    }
    const event = parseFortnoxEvent(JSON.parse(body));
    if (event === null) throw new Error(`Fortnox sent what is no event: ${body}`);
    if ('ignored' in event || !isFollowed(settled, 'fortnox', event.entity)) return;
    await intake.accept([
      { tenant, entity: event.entity, side: 'fortnox', id: event.id, priority: PRIORITY.notification },
    ]);
  }

  /** Some lines carry nothing at all: then the poll alone tells. */
  const isDead = chances.chance(0.15);
  const faults: string[] = [];
  function arrive(url: string, body: string, triesLeft: number): void {
    deliver(url, body).catch((error: unknown) => {
      if (!mayRefuse || !isSyncError(error)) faults.push(`a notification failed: ${String(error)}`);
      else if (triesLeft > 0) runtime.setTimer(RESEND_MS, () => arrive(url, body, triesLeft - 1));
    });
  }
  const send: SendNotification = (url, _headers, body) => {
    if (isDead || chances.chance(0.1)) return;
    const copies = chances.chance(0.1) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      runtime.setTimer(chances.below(LONGEST_DELAY_MS), () => arrive(url, body, RESENDS));
    }
  };
  return {
    send,
    /** Notifications that the service did not take. */
    faults,
    connect(service: Service, tenant: string) {
      receiver = { service, tenant };
    },
    disconnect() {
      receiver = null;
    },
  };
}
export type Channel = ReturnType<typeof createChannel>;

function readable(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** What is read when a hook's body names nothing. */
function polledFor(tenant: Tenant, path: HookPath): Entity {
  if (path === 'organisations') return 'customer';
  return path === 'lines' && isFollowed(tenant, 'webcrm', 'line') ? 'line' : 'delivery';
}
