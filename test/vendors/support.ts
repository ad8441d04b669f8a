import { createHash } from 'node:crypto';
import type { Runtime } from '../../src/runtime.ts';
import { createConnections } from '../../src/vendors/connections.ts';
import type { CallInfo } from '../../src/vendors/http.ts';
import type { SecretName, Vault } from '../../src/vendors/vault.ts';

export interface FakeRuntime extends Runtime {
  /** Moves the clock from timer to timer until the promise has settled; fails when nothing can settle it any more. */
  settle<T>(promise: Promise<T>): Promise<T>;
  /** Moves the clock on by `ms`, firing what falls due. */
  advance(ms: number): Promise<void>;
  timers(): number;
}

/** Lets everything run that needs no timer; body streams need several turns of the event loop. */
export async function turn(times = 6): Promise<void> {
  for (let i = 0; i < times; i++) await new Promise((resolve) => setImmediate(resolve));
}

export function fakeRuntime(answer: typeof fetch, turns = 6, start = Date.UTC(2026, 0, 15, 12)): FakeRuntime {
  let now = start;
  let order = 0;
  let timers: { at: number; order: number; fn: () => void }[] = [];
  const next = () => timers.toSorted((a, b) => a.at - b.at || a.order - b.order)[0];
  const fire = (timer: { at: number; fn: () => void }) => {
    timers = timers.filter((other) => other !== timer);
    now = Math.max(now, timer.at);
    timer.fn();
  };
  return {
    now: () => now,
    elapsed: () => now - start,
    setTimer(ms, fn) {
      const timer = { at: now + ms, order: order++, fn };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    random: () => 0.5,
    randomBytes: (count) => createHash('sha256').update(String(order++)).digest().subarray(0, count),
    fetch: answer,
    timers: () => timers.length,
    async settle(promise) {
      let settled = false;
      const done = () => {
        settled = true;
      };
      promise.then(done, done);
      for (;;) {
        await turn(turns);
        if (settled) return promise;
        const timer = next();
        if (timer !== undefined) fire(timer);
        else {
          await turn(turns * 5);
          if (!settled && timers.length === 0) throw new Error('Nothing is left that could settle the promise.');
        }
      }
    },
    async advance(ms) {
      const until = now + ms;
      for (;;) {
        await turn(turns);
        const timer = next();
        if (timer === undefined || timer.at > until) break;
        fire(timer);
      }
      now = until;
    },
  };
}

export interface Seen {
  readonly at: number;
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}
export interface FakeAnswer {
  status?: number;
  json?: unknown;
  text?: string;
  headers?: Record<string, string>;
  /** ms until the answer; default 10. */
  latency?: number;
}

/** A vendor of a test: answers by function, remembers every request. `error` instead of an answer breaks the connection. */
export function fakeVendor(handle: (seen: Seen, all: Seen[]) => FakeAnswer | 'break' | 'hang') {
  const seen: Seen[] = [];
  const runtime = fakeRuntime(async (input, init) => {
    const request = new Request(input, init);
    const one: Seen = {
      at: runtime.now(),
      method: request.method,
      url: new URL(request.url),
      headers: request.headers,
      body: await request.text(),
    };
    seen.push(one);
    const answer = handle(one, seen);
    if (answer === 'hang') return new Promise(() => {});
    await new Promise<void>((resolve) => runtime.setTimer(answer === 'break' ? 5 : (answer.latency ?? 10), resolve));
    if (answer === 'break') throw new TypeError('fetch failed');
    const status = answer.status ?? 200;
    const text = answer.text ?? (answer.json === undefined ? '' : JSON.stringify(answer.json));
    return new Response(status === 204 ? null : text, { status, headers: answer.headers ?? {} });
  });
  return { runtime, seen };
}

export interface FakeVault extends Vault {
  readonly values: Map<string, string>;
  readonly puts: { tenant: string; name: string; value: string; at: number }[];
  /** The next writes fail: one unless given. */
  failNextPut(times?: number): void;
}
export function fakeVault(runtime: Runtime, initial: Record<string, string> = {}): FakeVault {
  const values = new Map(Object.entries(initial));
  const puts: FakeVault['puts'] = [];
  let failing = 0;
  const wait = () => new Promise<void>((resolve) => runtime.setTimer(3, resolve));
  return {
    values,
    puts,
    failNextPut(times = 1) {
      failing = times;
    },
    async get(tenant: string, name: SecretName) {
      await wait();
      return values.get(`${tenant}/${name}`) ?? null;
    },
    async put(tenant, name, value) {
      await wait();
      if (failing > 0) {
        failing -= 1;
        throw new Error('disk full');
      }
      values.set(`${tenant}/${name}`, value);
      puts.push({ tenant, name, value, at: runtime.now() });
    },
    async replace(tenant, name, value, permits) {
      if (!permits(await this.get(tenant, name))) return false;
      await this.put(tenant, name, value);
      return true;
    },
    list: async (tenant) =>
      [...values.keys()]
        .filter((key) => key.startsWith(`${tenant}/`))
        .map((key) => ({ name: key.slice(tenant.length + 1), updatedAt: 0 })),
  };
}

/** The error that a promise is rejected with; fails when it is not. */
export const failure = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('It was expected to fail.');
    },
    (error: unknown) => error,
  );

export const CONFIG = {
  fortnoxApiUrl: 'https://api.fortnox.test',
  fortnoxAuthUrl: 'https://apps.fortnox.test',
  fortnoxClientId: 'client',
  fortnoxClientSecret: 'top-secret',
  webcrmApiUrl: 'https://api.webcrm.test',
};
export const HOUR = 3_600_000;
export const isToken = (seen: Seen) => seen.url.pathname === '/oauth-v1/token';
export const tokenAnswer = (number: number): FakeAnswer => ({
  headers: { 'content-type': 'text/html' },
  json: {
    access_token: `access-${number}`,
    refresh_token: `refresh-${number}`,
    expires_in: 3600,
    token_type: 'bearer',
  },
});

/** A company whose API answers by `handle`; the stored access token ends in `life` ms. */
export function company(handle: Parameters<typeof fakeVendor>[0], life = HOUR, more: { stored?: object | null } = {}) {
  const { runtime, seen } = fakeVendor(handle);
  const stored =
    more.stored === undefined
      ? {
          grant: 'refresh_token',
          accessToken: 'access-0',
          refreshToken: 'refresh-0',
          expiresAt: runtime.now() + life,
          issuedAt: 0,
        }
      : more.stored;
  const vault = fakeVault(runtime, stored === null ? {} : { 't1/fortnox-tokens': JSON.stringify(stored) });
  const calls: (CallInfo & { tenant: string })[] = [];
  const connections = createConnections({ runtime, vault, config: CONFIG, onCall: (info) => calls.push(info) });
  return { runtime, seen, vault, connections, calls, fortnox: connections.of('t1').fortnox };
}

export const TOKEN = '8b1d4c1e-application-token';
export const isLogin = (seen: Seen) => seen.url.pathname === '/Auth/ApiLogin';
const loginAnswer = (number: number): FakeAnswer => ({
  json: { AccessToken: `access-${number}`, RefreshToken: 'r', IsError: false, ExpiresIn: 3600, TokenType: 'bearer' },
});

/** A system that logs everybody in and answers the rest by `handle`. */
export function system(
  handle: Parameters<typeof fakeVendor>[0],
  login?: Parameters<typeof fakeVendor>[0],
  token: string | null = TOKEN,
) {
  const { runtime, seen } = fakeVendor((one, all) => {
    if (!isLogin(one)) return handle(one, all);
    return login ? login(one, all) : loginAnswer(all.filter(isLogin).length);
  });
  const vault = fakeVault(runtime, token === null ? {} : { 't1/webcrm-token': token });
  const connections = createConnections({ runtime, vault, config: CONFIG });
  const calls = () => seen.filter((one) => !isLogin(one));
  return { runtime, seen, calls, vault, connections, webcrm: connections.of('t1').webcrm };
}
