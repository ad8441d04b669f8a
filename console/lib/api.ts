/** Calls to the service, with its problem documents as errors. */

export interface Fault {
  readonly field: string;
  readonly message: string;
}

/** What the service answered with when it did not do what was asked (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  readonly faults: readonly Fault[];

  constructor(status: number, body: { code?: string; detail?: string; requestId?: string; faults?: Fault[] }) {
    super(body.detail ?? '');
    this.name = 'Problem';
    this.status = status;
    this.code = body.code ?? 'internal';
    this.requestId = body.requestId ?? null;
    this.faults = body.faults ?? [];
  }
}

type Listener = () => void;
const signedOut = new Set<Listener>();
/** Called when the service no longer takes the session: the page asks for a new sign-in. */
export function onSignedOut(listener: Listener): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

interface Request {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** How often a call is made again that met a job at work on the same record, a second apart: nothing was done yet. */
const BUSY_TRIES = 8;
const BUSY_WAIT_MS = 1_000;

/** What was answered, and the tag that names this state of it; null: it has none. */
export interface Tagged<T> {
  readonly data: T;
  readonly tag: string | null;
}

/** One call, made again while a job works on the record that it is about. Raises as `once`. */
export async function callTagged<T>(path: string, request: Request = {}): Promise<Tagged<T>> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await once<T>(path, request);
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'record-busy' || tries === BUSY_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, BUSY_WAIT_MS));
    }
  }
}

/**
 * One call. Raises `Problem`: what the service refused or failed at, or code `offline` (status 0) when it did not answer. An
 * aborted call raises the abort.
 */
async function once<T>(path: string, { method = 'GET', body, headers, signal }: Request = {}): Promise<Tagged<T>> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        'x-console': '1',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, { code: 'offline' });
  }
  const text = await response.text();
  const json = text === '' ? undefined : parsed(text);
  if (response.ok) return { data: json as T, tag: response.headers.get('etag') };
  if (response.status === 401 && path.startsWith('/api/')) for (const listener of signedOut) listener();
  throw new Problem(response.status, (json ?? {}) as ConstructorParameters<typeof Problem>[1]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy in between answered in a form of its own: the status says enough.
    return undefined;
  }
}

export const call = async <T>(path: string, request: Request = {}): Promise<T> =>
  (await callTagged<T>(path, request)).data;
export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => call<T>(path, signal ? { signal } : {});
export const post = <T>(path: string, body?: unknown): Promise<T> => call<T>(path, { method: 'POST', body });
export const put = <T>(path: string, body: unknown): Promise<T> => call<T>(path, { method: 'PUT', body });
export const del = <T>(path: string, body?: unknown): Promise<T> => call<T>(path, { method: 'DELETE', body });

/** A path of one tenant's part of the API. */
export const ofTenant = (tenant: string, path = ''): string => `/api/tenants/${encodeURIComponent(tenant)}${path}`;

/** A query string of what is given; undefined and '' are left out. */
export function query(params: Readonly<Record<string, string | number | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    if (value !== undefined && value !== '') search.set(name, String(value));
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
