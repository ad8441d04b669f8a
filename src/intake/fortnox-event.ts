export interface FortnoxCustomerEvent {
  /** Fortnox's tenant id, a number in its events, as a string. */
  readonly tenantId: string;
  readonly entity: 'customer';
  readonly id: string;
  /** created, updated or deleted. */
  readonly kind: string;
}

/** Fortnox's customer numbers are shorter; a longer one is no record of ours. */
const LONGEST_ID = 1_024;
// Any version: customer-updated is v2 while older editions say v1 (fortnox.md 6.2).
const CUSTOMER_EVENT = /^customer-(created|updated|deleted)(?:-v\d+)?$/;

/**
 * Reads one event of Fortnox's stream, e.g. `{"topic":"customers","type":"customer-updated-v2","tenantId":1,"entityId":"7"}`.
 * `ignored` names the type of an event that is none of ours; null: not an event. Never throws.
 */
export function parseFortnoxEvent(body: unknown): FortnoxCustomerEvent | { ignored: string } | null {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null;
  const { type, tenantId, entityId } = body as { type?: unknown; tenantId?: unknown; entityId?: unknown };
  const tenant = word(tenantId);
  if (typeof type !== 'string' || tenant === null) return null;
  const kind = CUSTOMER_EVENT.exec(type)?.[1];
  if (kind === undefined) return { ignored: type.slice(0, 100) };
  const id = word(entityId);
  return id === null ? null : { tenantId: tenant, entity: 'customer', id, kind };
}

function word(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : null;
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return text === '' || text.length > LONGEST_ID ? null : text;
}
