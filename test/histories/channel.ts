import { PRIORITY } from '../../schemas/records.ts';
import { parseFortnoxEvent } from '../../src/intake/fortnox-event.ts';
import { parseWebcrmHook } from '../../src/intake/webcrm-hook.ts';
import type { Runtime } from '../../src/runtime.ts';
import type { SendNotification } from '../../src/sandbox/chassis.ts';
import type { Service } from '../../src/service.ts';
import type { Chances } from './prng.ts';

const LONGEST_DELAY_MS = 30_000;

/** A bad line: notifications are dropped, doubled, delayed and thereby reordered. They arrive once `connect` was called. */
export function createChannel(deps: { runtime: Runtime; chances: Chances }) {
  const { runtime, chances } = deps;
  let receiver: { service: Service; tenant: string } | null = null;

  async function deliver(url: string, body: string): Promise<void> {
    if (receiver === null) return;
    const { service, tenant } = receiver;
    const { intake, poller } = service.services;
    if (url.includes('/webhooks/webcrm/')) {
      const event = url.slice(url.lastIndexOf('/') + 1);
      const ids = parseWebcrmHook(event, readable(body));
      if (ids.length === 0) await poller.pollNow(tenant, 'webcrm');
      await intake.accept(
        ids.map((id) => ({ tenant, entity: 'customer', side: 'webcrm', id, priority: PRIORITY.notification })),
      );
      return;
    }
    const event = parseFortnoxEvent(JSON.parse(body));
    if (event === null) throw new Error(`Fortnox sent what is no event: ${body}`);
    if ('ignored' in event) return;
    await intake.accept([
      { tenant, entity: 'customer', side: 'fortnox', id: event.id, priority: PRIORITY.notification },
    ]);
  }

  const faults: string[] = [];
  const send: SendNotification = (url, _headers, body) => {
    if (chances.chance(0.1)) return;
    const copies = chances.chance(0.1) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      runtime.setTimer(chances.below(LONGEST_DELAY_MS), () => {
        deliver(url, body).catch((error: unknown) => faults.push(`a notification failed: ${String(error)}`));
      });
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
