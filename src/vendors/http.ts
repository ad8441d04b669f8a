import ky from 'ky';
import { type Priority, type Side, VENDOR_NAMES } from '../../schemas/records.ts';
import { SyncError } from '../errors/sync-error.ts';
import type { Runtime } from '../runtime.ts';

/** The longest time that a call may take. An instance's lease must outlive it (instances/timing.ts). */
export const CALL_TIMEOUT_MS = 20_000;
/** The largest answer that is read. webCRM gives a whole register at once: some 50,000 items of a kilobyte. */
const ANSWER_BYTES = 64 * 2 ** 20;
/** Holds nothing between two answers. */
const UTF8 = new TextDecoder('utf-8', { fatal: true });
const LEAST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 3_600_000;

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Complete address, encoded. */
  readonly url: string;
  /** The address without ids and values, for messages and figures: it holds no secret and no personal data. */
  readonly route: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}
/** What a vendor's resources ask for; its client makes the request of it. */
export interface Call {
  readonly method: HttpRequest['method'];
  /** Below the API's address, encoded. */
  readonly path: string;
  /** As in HttpRequest. */
  readonly route: string;
  readonly priority: Priority;
  readonly body?: unknown;
}
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The body parsed as JSON whatever its Content-Type; null when empty, or when an error's body is not JSON. */
  readonly json: unknown;
  /** There was no body, which is no JSON either. */
  readonly empty: boolean;
  /** The vendor's clock (`Date` header), ms; ours when it is missing. */
  readonly date: number;
}
export interface CallInfo {
  readonly side: Side;
  readonly method: string;
  readonly route: string;
  /** 0: no answer. */
  readonly status: number;
  readonly ms: number;
}
export type Send = (request: HttpRequest) => Promise<HttpAnswer>;

export interface HttpOptions {
  runtime: Runtime;
  side: Side;
  /** How long to wait after a 429 that does not say, ms. */
  throttleWaitMs: number;
  /** The largest answer that is read, bytes; 64 MiB when not given. */
  answerBytes?: number | undefined;
  onCall?: ((info: CallInfo) => void) | undefined;
  /** Told what the vendor's clock shows (ms), of each answer that says so. */
  onDate?: ((date: number) => void) | undefined;
}

/**
 * Sends one request, never twice, within 20 s. Answers every status below 500 except 429; raises SyncError
 * `vendor-unreachable` (network, time-out), `vendor-failed` (5xx, with `waitMs` where the answer asks for a wait), `vendor-answer-unreadable` (a success that is not JSON in
 * UTF-8, a redirect, more than `answerBytes`) or `vendor-throttled` (429, with `waitMs`). Messages name the route only.
 */
export function createSend({
  runtime,
  side,
  throttleWaitMs,
  answerBytes = ANSWER_BYTES,
  onCall,
  onDate,
}: HttpOptions): Send {
  return async (request) => {
    const startedAt = runtime.now();
    const what = `${VENDOR_NAMES[side]} ${request.method} ${request.route}`;
    let status = 0;
    try {
      const { response, text } = await exchange(runtime, request, what, answerBytes);
      status = response.status;
      const vendorsDate = dateOf(response.headers);
      if (vendorsDate !== null) onDate?.(vendorsDate);
      const json = text === null ? undefined : parse(text);
      const isFailure = status >= 500 || status === 408;
      const waitMs = status === 429 || isFailure ? waitOf(response.headers, json, runtime.now()) : null;
      if (status === 429) throw throttled(what, waitMs ?? throttleWaitMs);
      if (isFailure)
        throw new SyncError(
          'vendor-failed',
          `${what} was answered with status ${status}.`,
          waitMs === null ? {} : { waitMs },
        );
      if ((status >= 300 && status < 400) || (response.ok && json === undefined)) {
        throw new SyncError(
          'vendor-answer-unreadable',
          `${what} was answered with status ${status} and a body that is not JSON.`,
        );
      }
      const empty = text !== null && isEmpty(text);
      const date = vendorsDate ?? runtime.now();
      return { status, headers: response.headers, json: json ?? null, empty, date };
    } finally {
      onCall?.({ side, method: request.method, route: request.route, status, ms: runtime.now() - startedAt });
    }
  };
}

async function exchange(
  runtime: Runtime,
  request: HttpRequest,
  what: string,
  answerBytes: number,
): Promise<{ response: Response; text: string | null }> {
  const abort = new AbortController();
  let cancel = () => {};
  // Raced, not only aborted: a connection that ignores the abort must not hold its slot for ever.
  const timeout = new Promise<never>((_, reject) => {
    cancel = runtime.setTimer(CALL_TIMEOUT_MS, () => {
      reject(new SyncError('vendor-unreachable', `${what} was not answered within ${CALL_TIMEOUT_MS / 1000} s.`));
      abort.abort();
    });
  });
  const read = async () => {
    const response = await ky(request.url, {
      method: request.method,
      headers: request.headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      // Here, not among ky's own options: it would join the signal with one of its own for each call, at a tenth of the call's work.
      fetch: (input, init) => runtime.fetch(input, { ...init, signal: abort.signal }),
      redirect: 'manual',
      retry: 0,
      timeout: false,
      throwHttpErrors: false,
    });
    return { response, text: await textOf(response, answerBytes, what) };
  };
  const reading = read();
  // After a time-out nobody awaits it any more; its late failure is the abort we caused.
  reading.catch(() => undefined);
  try {
    return await Promise.race([reading, timeout]);
  } catch (error) {
    // What is not read to its end would go on arriving.
    abort.abort();
    if (error instanceof SyncError) throw error;
    throw new SyncError('vendor-unreachable', `${what} got no answer: the connection failed.`, { cause: error });
  } finally {
    cancel();
  }
}

/** null: it is not UTF-8, and a guess would be written to the other side. Raises when it is longer than `limit` bytes. */
async function textOf(response: Response, limit: number, what: string): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    chunks.push(read.value);
    length += read.value.byteLength;
    if (length > limit) throw tooLong(what, response.status, limit);
  }
  try {
    return UTF8.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
  } catch {
    return null;
  }
}

const tooLong = (what: string, status: number, limit: number) =>
  new SyncError(
    'vendor-answer-unreadable',
    `${what} was answered with status ${status} and more than ${limit} bytes; the rest was not read.`,
  );

const isEmpty = (text: string): boolean => text.trim() === '';

/** undefined: not JSON. */
function parse(text: string): unknown {
  if (isEmpty(text)) return null;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const throttled = (what: string, waitMs: number) =>
  new SyncError('vendor-throttled', `${what}: too many requests; waiting ${Math.ceil(waitMs / 1000)} s.`, { waitMs });

/** Header `Retry-After` (seconds or a date) or, at webCRM, `RetryAfterSeconds` of the body; the longer one. */
function waitOf(headers: Headers, json: unknown, now: number): number | null {
  const header = headers.get('retry-after');
  const waits: number[] = [];
  if (header !== null) {
    const date = Date.parse(header);
    if (/^\s*\d+(\.\d+)?\s*$/.test(header)) waits.push(Number(header) * 1000);
    // Measured by the vendor's own clock, when it says what time it is.
    else if (!Number.isNaN(date)) waits.push(date - (dateOf(headers) ?? now));
  }
  const seconds = Number(field(json, 'RetryAfterSeconds') ?? Number.NaN);
  if (Number.isFinite(seconds)) waits.push(seconds * 1000);
  if (waits.length === 0) return null;
  return Math.min(Math.max(...waits, LEAST_WAIT_MS), LONGEST_WAIT_MS);
}

function dateOf(headers: Headers): number | null {
  const parsed = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(parsed) ? null : parsed;
}

/** An object, which is no list. */
export const isRecord = (json: unknown): json is Record<string, unknown> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** What a record can be found by: a text or a number that is something. */
export const isNumber = (value: unknown): value is string | number =>
  (typeof value === 'string' && value !== '') || typeof value === 'number';

/** A property of an unknown JSON value; undefined when it is no object or has none. */
export const field = (json: unknown, name: string): unknown =>
  isRecord(json) && Object.hasOwn(json, name) ? json[name] : undefined;

/**
 * One path segment, encoded. Raises `vendor-refused` for an empty or dot segment: such an address would be another
 * resource (the list instead of the record).
 */
export function segment(value: string): string {
  if (value === '' || /^\.{1,2}$/.test(value)) {
    throw new SyncError('vendor-refused', `"${value}" cannot be the number of a record.`);
  }
  return encodeURIComponent(value);
}

/** Equal but for case and surrounding blanks: what an exact search means. */
export function sameText(left: unknown, right: string): boolean {
  const plain = (value: string) => value.trim().normalize('NFC').toLowerCase();
  return (typeof left === 'string' || typeof left === 'number') && plain(String(left)) === plain(right);
}
