import type { Entity } from '../../schemas/records.ts';

export interface FortnoxEvent {
  /** Fortnox's tenant id, a number in its events, as a string. */
  readonly tenantId: string;
  readonly entity: Extract<Entity, 'customer' | 'order' | 'invoice' | 'article'>;
  /** Number of the customer, document or article. */
  readonly id: string;
  /** What happened: created, updated, cancelled, bookkeep ... */
  readonly kind: string;
}

/** Fortnox's numbers are shorter; a longer one is no record of ours. */
const LONGEST_ID = 1_024;
// Any version: customer-updated is v2 while older editions say v1. The id of an invoicepayment event is that of the
// payment, not of an invoice: none of ours; the poll finds what it changes (fortnox.md 6.2).
const OUR_EVENT = /^(customer|order|invoice|article)-([a-z]+)(?:-v\d+)?$/;

/**
 * Reads one event of Fortnox's stream, e.g. `{"topic":"orders","type":"order-updated-v1","tenantId":1,"entityId":"7"}`.
 * `ignored` names the type of an event that is none of ours; null: not an event. Never throws.
 */
export function parseFortnoxEvent(body: unknown): FortnoxEvent | { ignored: string } | null {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null;
  const { type, tenantId, entityId } = body as { type?: unknown; tenantId?: unknown; entityId?: unknown };
  const tenant = word(tenantId);
  if (typeof type !== 'string' || tenant === null) return null;
  const [, entity, kind] = OUR_EVENT.exec(type) ?? [];
  if (entity === undefined || kind === undefined) return { ignored: type.slice(0, 100) };
  const id = word(entityId);
  return id === null ? null : { tenantId: tenant, entity: entity as FortnoxEvent['entity'], id, kind };
}

function word(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : null;
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return text === '' || text.length > LONGEST_ID ? null : text;
}
