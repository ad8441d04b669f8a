/** What the store keeps of alerts and of whom they are told. Times are milliseconds since the epoch (UTC). */

/** What an alert may be about. The names are part of the API and of the messages: they are never renamed. */
export const ALERT_KINDS = [
  'connection-broken',
  'connection-expiring',
  'tenant-late',
  'jobs-dead',
  'conflict',
  'hold',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

export type AlertEvent = 'alert.raised' | 'alert.recovered' | 'alert.test';

/** A message to one target that is not delivered yet. Its id and body stay the same in every try. */
export interface AlertSend {
  /** The `webhook-id`: a receiver that sees it twice has seen one message. */
  readonly id: string;
  readonly target: string;
  readonly event: AlertEvent;
  readonly body: string;
  readonly attempts: number;
  readonly nextAt: number;
}

/** One kind of alert of one tenant: raised or recovered, and what is still to be told of it. */
export interface Alert {
  readonly schema: 1;
  readonly tenant: string;
  readonly kind: AlertKind;
  readonly state: 'raised' | 'recovered';
  /** A sentence for a person: what happened, and what to do. */
  readonly message: string;
  /** How many records, or how many minutes, it is about; null where there is no number. */
  readonly count: number | null;
  readonly raisedAt: number;
  readonly recoveredAt: number | null;
  /** Targets that were told that it was raised: they are told of its recovery too. */
  readonly told: readonly string[];
  /** In the order in which they are sent; each target gets one at a time. */
  readonly sends: readonly AlertSend[];
  /** 0: not stored yet. Raised by each write; a write names the version it read. */
  readonly version: number;
}

/** Where alerts are sent. */
export interface AlertTarget {
  readonly schema: 1;
  readonly id: string;
  readonly name: string;
  readonly url: string;
  /** null: all. */
  readonly kinds: readonly AlertKind[] | null;
  readonly tenants: readonly string[] | null;
  /** Sealed; the first is the present one, the others count until their time. */
  readonly secrets: readonly { readonly sealed: string; readonly until: number | null }[];
  /** How the last message ended; null: none was sent yet. */
  readonly last: { readonly at: number; readonly ok: boolean; readonly message: string } | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly version: number;
}

/** When the earliest message of the alert may be tried; null: none waits. Only the first of each target may go. */
export function alertDueAt(alert: Pick<Alert, 'sends'>): number | null {
  const heads = new Map<string, number>();
  for (const send of alert.sends) if (!heads.has(send.target)) heads.set(send.target, send.nextAt);
  return heads.size === 0 ? null : Math.min(...heads.values());
}
