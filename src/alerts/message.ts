import type { Alert, AlertEvent } from '../../schemas/alerts.ts';

export interface TenantName {
  readonly id: string;
  readonly name: string;
}

/**
 * The body of a message, as the Standard Webhooks specification recommends: type, timestamp, data. It holds no secret, and of personal
 * data nothing but the tenant's name.
 */
export function bodyOf(event: AlertEvent, alert: Alert, tenant: TenantName, now: number): string {
  return JSON.stringify({
    type: event,
    timestamp: new Date(now).toISOString(),
    data: {
      alert: alert.kind,
      tenant: { id: tenant.id, name: tenant.name },
      message: alert.message,
      count: alert.count,
      raisedAt: new Date(alert.raisedAt).toISOString(),
      recoveredAt: alert.recoveredAt === null ? null : new Date(alert.recoveredAt).toISOString(),
    },
  });
}

/** What a target is sent to see whether it works. */
export const testBody = (now: number): string =>
  JSON.stringify({
    type: 'alert.test' satisfies AlertEvent,
    timestamp: new Date(now).toISOString(),
    data: { message: 'This is a test: nothing is wrong.' },
  });
