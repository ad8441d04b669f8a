import type { Runtime } from '../runtime.ts';
import type { Seeded } from '../sandbox/seed.ts';
import type { Printer } from '../terminal/print.ts';
import type { Api } from './api.ts';

/** What the steps of the tour work with. */
export interface Tour {
  readonly runtime: Runtime;
  readonly printer: Printer;
  readonly signal: AbortSignal;
  /** The service's API. */
  readonly api: Api;
  /** People's edits in the two companies, and what the stand-ins counted. */
  readonly control: Api;
  readonly seeded: Seeded;
  readonly access: { readonly webcrmToken: string; readonly fortnoxRefreshToken: string };
  /** Tells the Fortnox stand-in where to send its signed events. */
  pointFortnoxWebhook(target: { url: string; secret: string }): void;
  /** Deliveries that the steps brought to Fortnox or from there. */
  deliveryPairs: number;
  /**
   * Calls of the connection check that found no record: it asks for one of each kind to learn whether the token may, and a
   * 404 is an answer.
   */
  probes: { webcrm: number; fortnox: number };
  /** Set by the first step. */
  tenantId: string;
}

/** One step: what is printed above it, and what is done. It raises an Error that says what went wrong. */
export interface Step {
  readonly title: string;
  readonly run: (tour: Tour) => Promise<void>;
}

/** A path of the tenant's part of the API. */
export const ofTenant = (tour: Pick<Tour, 'tenantId'>, path: string): string => `/api/tenants/${tour.tenantId}${path}`;

/** Raises an Error with `message` unless `condition` holds. */
export function expect(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
