import type { Hint, Tenant } from '../../schemas/records.ts';
import { createFortnoxStream } from '../../src/sandbox/fortnox/stream.ts';
import { inProcessStream } from '../../src/sandbox/fortnox/stream-in-process.ts';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import { createStream, type StreamDeps } from '../../src/stream/stream.ts';
import { START, tenantOf } from '../intake/world.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';

const HOUR_MS = 3_600_000;
const SECRET = 'the-client-secret';

/** An Error as a log shows it. */
const withMessages = (_name: string, value: unknown) => (value instanceof Error ? value.message : value);

/** The stream's stand-in with many companies, and the client with a real store, in virtual time. */
export async function openStreamWorld(options: { tenants?: number; expiry?: 'keeps' | 'drops' } = {}) {
  const runtime = createVirtualRuntime({ seed: 5, start: START });
  const store = createInlineStore();
  const violations: string[] = [];
  const switches = { streamTenantExpiry: options.expiry ?? ('keeps' as const) };
  /** By token. */
  const tokens = new Map<string, { company: number; until: number }>();
  /** By tenant, the token at hand. */
  const atHand = new Map<string, string>();
  const secret = { value: SECRET };
  const fortnox = createFortnoxStream({
    now: runtime.now,
    switches,
    get clientSecret() {
      return secret.value;
    },
    tenantOf(bearer) {
      const token = tokens.get(bearer.replace('Bearer ', ''));
      return token !== undefined && runtime.now() < token.until ? token.company : null;
    },
    violation: (request, why) => violations.push(`${request}: ${why}`),
  });
  let sent: string[] = [];
  let reachable = true;
  let opened = 0;
  const throughWire = inProcessStream(fortnox, runtime, { reachable: () => reachable });
  const renewals: { tenantId: string; at: number }[] = [];
  const tokenFaults = new Map<string, Error>();
  const hints: Hint[] = [];
  const storeFaults = new Map<string, Error>();
  const polls: { tenantId: string; entity: string | undefined }[] = [];
  const log: string[] = [];
  const say =
    (level: string) =>
    (...args: unknown[]) =>
      void log.push(
        `${level} ${args.map((one) => (typeof one === 'string' ? one : JSON.stringify(one, withMessages))).join(' ')}`,
      );

  const companyOf = (tenantId: string) => 1000 + Number(tenantId.slice(1));
  function newToken(tenantId: string): string {
    renewals.push({ tenantId, at: runtime.now() });
    const token = `secret-${tenantId}-${renewals.length}`;
    tokens.set(token, { company: companyOf(tenantId), until: runtime.now() + HOUR_MS });
    atHand.set(tenantId, token);
    return token;
  }
  const deps: StreamDeps = {
    runtime,
    store,
    intake: {
      async accept(more) {
        const fault = storeFaults.get(more[0]?.tenant ?? '');
        if (fault !== undefined) throw fault;
        await store.jobs.enqueue(more, runtime.now());
        hints.push(...more);
      },
    },
    poller: { pollNow: async (tenantId, _side, entity) => void polls.push({ tenantId, entity }) },
    logger: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
    open(url, listener) {
      opened += 1;
      const socket = throughWire(url, listener);
      return {
        ...socket,
        send(text) {
          sent.push(text);
          socket.send(text);
        },
      };
    },
    url: 'wss://stream.invalid/topics-v1',
    clientSecret: SECRET,
    async tokenOf(tenantId, refused) {
      const fault = tokenFaults.get(tenantId);
      if (fault !== undefined) throw fault;
      const held = atHand.get(tenantId);
      const until = held === undefined ? 0 : (tokens.get(held)?.until ?? Number.POSITIVE_INFINITY);
      const good = held !== undefined && held !== refused && runtime.now() < until - 300_000;
      const accessToken = good ? held : newToken(tenantId);
      return { accessToken, expiresAt: tokens.get(accessToken)?.until ?? runtime.now() + HOUR_MS };
    },
  };

  const makeTenant = (id: string, more: Partial<Tenant> = {}) =>
    store.tenants.insert(tenantOf(id, { fortnoxDatabaseNumber: String(companyOf(id)), ...more }));
  for (let i = 1; i <= (options.tenants ?? 2); i += 1) await makeTenant(`t${i}`);

  let stream = createStream(deps);
  let event = 0;
  return {
    runtime,
    store,
    fortnox,
    switches,
    secret,
    violations,
    tokens,
    atHand,
    renewals,
    tokenFaults,
    storeFaults,
    hints,
    polls,
    log,
    makeTenant,
    deps,
    get stream() {
      return stream;
    },
    opened: () => opened,
    /** What was sent since the last call. */
    sent() {
      const all = sent.map((text) => JSON.parse(text) as Record<string, unknown>);
      sent = [];
      return all;
    },
    reach(on: boolean) {
      reachable = on;
    },
    /** The service is started, once more after a `stop`. */
    async start(more: Partial<StreamDeps> = {}) {
      stream = createStream({ ...deps, ...more });
      stream.start();
      await runtime.advance(5_000);
    },
    async stop() {
      let done = false;
      void stream.stop().then(() => {
        done = true;
      });
      await runtime.runUntil(() => done, 5_000);
    },
    async setState(id: string, state: Tenant['state']) {
      const tenant = (await store.tenants.get(id)) as Tenant;
      await store.tenants.replace({ ...tenant, state });
    },
    change(tenantId: string, entityId: string, topic = 'customers', type = 'customer-updated-v2') {
      event += 1;
      fortnox.publish({ topic, type, tenantId: companyOf(tenantId), entityId });
    },
    events: () => event,
    ids: () => hints.map(({ tenant, entity, id }) => `${tenant}:${entity}:${id}`),
    stored: async () =>
      (await store.states.get('_service', 'fortnox-stream')) as { offsets: Record<string, string>; at: number } | null,
  };
}
export type StreamWorld = Awaited<ReturnType<typeof openStreamWorld>>;
