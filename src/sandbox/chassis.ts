/**
 * What both vendors' stand-ins share. A stand-in is a state machine with one door, `handle`: the HTTP server and the
 * in-process fetch of the tests both go through it, so that what is proven in virtual time holds over sockets.
 */
export interface SandboxRequest {
  readonly method: string;
  /** Path with query, e.g. /3/customers?page=1 */
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
export interface SandboxResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A request that the vendor would refuse or regret: a test fails on any. */
export interface Violation {
  readonly at: number;
  readonly request: string;
  readonly why: string;
}

export interface SandboxVendor {
  readonly name: 'fortnox' | 'webcrm';
  handle(request: SandboxRequest): SandboxResponse;
  readonly violations: readonly Violation[];
  /** Calls by "METHOD /path/{id}" since reset, and the answers of 429 among them. */
  counts(): { total: number; refused: number; throttled: number; writes: number; byRoute: Record<string, number> };
  /** The next `times` calls whose route matches are answered so; `applied` true: the write takes effect and the answer is lost (`status` 0 = the connection breaks). */
  failNext(rule: {
    method?: string;
    path?: string;
    status: number;
    body?: string;
    headers?: Record<string, string>;
    times: number;
    applied?: boolean;
  }): void;
  /** Back to the empty company. */
  reset(): void;
}

/** Notifications go out through this; the tests drop, double, delay and reorder them. */
export type SendNotification = (url: string, headers: Record<string, string>, body: string) => void;
