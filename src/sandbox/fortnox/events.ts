import { createHmac } from 'node:crypto';
import type { SendNotification } from '../chassis.ts';
import type { Actor } from './company.ts';
import type { FortnoxStream } from './stream.ts';
import type { FortnoxSwitches } from './switches.ts';

/** The topics and types that the service may meet (fortnox.md 6.2); prices have none. */
const TYPES = {
  customer: {
    topic: 'customers',
    created: 'customer-created-v1',
    updated: 'customer-updated-v2',
    deleted: 'customer-deleted-v1',
  },
  article: {
    topic: 'articles',
    created: 'article-created-v1',
    updated: 'article-updated-v1',
    deleted: 'article-deleted-v1',
  },
  order: {
    topic: 'orders',
    created: 'order-created-v1',
    updated: 'order-updated-v1',
    cancelled: 'order-cancelled-v1',
  },
  invoice: {
    topic: 'invoices',
    created: 'invoice-created-v1',
    updated: 'invoice-updated-v1',
    cancelled: 'invoice-cancelled-v1',
    booked: 'invoice-bookkeep-v1',
  },
  payment: { topic: 'invoices', booked: 'invoicepayment-bookkeep-v1' },
} as const;
export type EventEntity = keyof typeof TYPES;
export type EventChange<E extends EventEntity> = Exclude<keyof (typeof TYPES)[E], 'topic'>;

/**
 * Tells Fortnox's events (fortnox.md 6.2) to the stream, and as signed Standard Webhooks to the address that was set, when one
 * was.
 */
export function createEvents(deps: {
  now: () => number;
  switches: FortnoxSwitches;
  notify: SendNotification;
  stream: Pick<FortnoxStream, 'publish'>;
  databaseNumber: number;
}) {
  let hook: { url: string; key: Buffer } | null = null;

  function post(event: Record<string, unknown>): void {
    if (hook === null) return;
    const body = JSON.stringify(event);
    const at = deps.now();
    const id = `msg_${event.offset}_${at}`;
    const timestamp = String(Math.floor(at / 1000));
    const signature = createHmac('sha256', hook.key).update(`${id}.${timestamp}.${body}`).digest('base64');
    deps.notify(
      hook.url,
      {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${signature}`,
      },
      body,
    );
  }

  return {
    /** `secret` is whsec_ and base64; raises Error when it is not. */
    setWebhook(url: string, secret: string): void {
      const encoded = /^whsec_([A-Za-z0-9+/]+=*)$/.exec(secret)?.[1];
      if (encoded === undefined) throw new Error('The secret is whsec_ followed by base64');
      hook = { url, key: Buffer.from(encoded, 'base64') };
    },
    /** `entityId` is the number of the entity, of a payment its own. */
    send<E extends EventEntity>(entity: E, change: EventChange<E>, entityId: string, actor: Actor): void {
      if (actor === 'api' && !deps.switches.echoEvents) return;
      const { topic } = TYPES[entity];
      post(
        deps.stream.publish({ topic, type: String(TYPES[entity][change]), tenantId: deps.databaseNumber, entityId }),
      );
    },
  };
}
export type Events = ReturnType<typeof createEvents>;
