import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { isSyncError } from '../../src/errors/sync-error.ts';
import { type Runtime, sleep } from '../../src/runtime.ts';
import { createFortnoxSandbox } from '../../src/sandbox/fortnox/index.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../../src/sandbox/fortnox/tokens.ts';
import { serveSandbox } from '../../src/sandbox/http-server.ts';
import { createWebcrmSandbox } from '../../src/sandbox/webcrm/index.ts';
import { createFortnoxAuth } from '../../src/vendors/fortnox/auth.ts';
import { createFortnoxClient } from '../../src/vendors/fortnox/client.ts';
import { createTokenKeeper } from '../../src/vendors/fortnox/token-keeper.ts';
import type { Gate } from '../../src/vendors/gate.ts';
import { createSend } from '../../src/vendors/http.ts';
import { createWebcrmAuth } from '../../src/vendors/webcrm/auth.ts';
import { createWebcrmClient } from '../../src/vendors/webcrm/client.ts';
import { fastRuntime } from '../support/fast-runtime.ts';
import { plainVault } from '../support/plain-vault.ts';
import { FORTNOX_CALLS, furnish, WEBCRM_CALLS } from './calls.ts';
import { ANSWER_BYTES, ELSEWHERE, FAULT_NAMES, FAULTS, type FaultKind, type FaultName } from './faults.ts';
import { MARK, startFaultProxy } from './proxy.ts';

const HOST = '127.0.0.1';
/** What ends by the time limit of 20 s takes half a second; all else has the time that a busy machine may need. */
const FAST = 40;
const UNHURRIED = 2;
const AT_ONCE = 12;
/** Every call has this much of the vendors' limits to itself, which are not what is tried here. */
const A_CALL_MS = 250;

type Side = 'fortnox' | 'webcrm';
interface Tried {
  readonly name: string;
  readonly side: Side;
  readonly tolerates: readonly string[];
  prepare(): string | null;
  run(apiUrl: string, tag: string, isFast: boolean): Promise<unknown>;
  made(tag: string): number | null;
}

async function openVendors() {
  let clock = Date.parse('2026-03-02T08:00:00Z');
  const runtime = fastRuntime(UNHURRIED);
  const deps = { now: () => clock, random: Math.random, notify: () => {} };
  const fortnox = createFortnoxSandbox(deps);
  const webcrm = createWebcrmSandbox(deps);
  fortnox.accessTokenLifetimeMs = 100 * 3_600_000;
  furnish({ fortnox, webcrm });
  const pace = (vendor: Pick<typeof fortnox, 'handle'>) => ({
    handle(request: Parameters<typeof fortnox.handle>[0]) {
      clock += A_CALL_MS;
      return vendor.handle(request);
    },
  });
  const servers = {
    fortnox: await serveSandbox(pace(fortnox), { host: HOST, port: 0 }),
    webcrm: await serveSandbox(pace(webcrm), { host: HOST, port: 0 }),
  };
  const fast = fastRuntime(FAST);
  const wait = (ms: number) => sleep(fast, ms);
  const proxies = {
    fortnox: await startFaultProxy(servers.fortnox.url, wait),
    webcrm: await startFaultProxy(servers.webcrm.url, wait),
  };
  return {
    runtime,
    fast,
    fortnox,
    webcrm,
    proxies,
    async close() {
      for (const one of [...Object.values(proxies), ...Object.values(servers)]) await one.close();
    },
  };
}
type Open = Awaited<ReturnType<typeof openVendors>>;

const gate: Gate = { run: (_priority, call) => call() };

/** Every call of both clients, and the logins. */
function triedCalls(open: Open, access: Record<Side, string>): Tried[] {
  const { runtime, fast, fortnox, webcrm } = open;
  const vendors = { fortnox, webcrm };
  const sends = { fortnox: sender(runtime, 'fortnox'), webcrm: sender(runtime, 'webcrm') };
  const fastSends = { fortnox: sender(fast, 'fortnox'), webcrm: sender(fast, 'webcrm') };
  const sendOf = (side: Side, isFast: boolean) => (isFast ? fastSends : sends)[side];
  const common = (call: {
    tolerates?: readonly string[];
    prepare?: (v: typeof vendors) => string;
    made?: (v: typeof vendors, tag: string) => number;
  }) => ({
    tolerates: call.tolerates ?? [],
    prepare: () => call.prepare?.(vendors) ?? null,
    made: (tag: string) => call.made?.(vendors, tag) ?? null,
  });
  const ofFortnox = Object.entries(FORTNOX_CALLS).map(([name, call]): Tried => {
    const auth = { token: async () => access.fortnox, connect: async () => {}, forget: () => {} };
    return {
      ...{ name, side: 'fortnox', ...common(call) },
      run: (apiUrl, tag, isFast) =>
        call.run(createFortnoxClient({ apiUrl, send: sendOf('fortnox', isFast), auth, gate: () => gate }), tag),
    };
  });
  const ofWebcrm = Object.entries(WEBCRM_CALLS).map(([name, call]): Tried => {
    const session = async () => ({ accessToken: access.webcrm, gate });
    const auth = { session, connect: async () => {}, forget: () => {}, gate: () => gate };
    return {
      ...{ name, side: 'webcrm', ...common(call) },
      run: (apiUrl, tag, isFast) => call.run(createWebcrmClient({ apiUrl, send: sendOf('webcrm', isFast), auth }), tag),
    };
  });
  const fortnoxAuth = (apiUrl: string, isFast: boolean) =>
    createFortnoxAuth({
      runtime,
      keeper: createTokenKeeper({ runtime, vault: plainVault(), tenant: 't' }),
      gate: () => gate,
      send: sendOf('fortnox', isFast),
      apiUrl,
      authUrl: apiUrl,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
    });
  const webcrmAuth = (apiUrl: string, isFast: boolean) =>
    createWebcrmAuth({
      runtime,
      send: sendOf('webcrm', isFast),
      apiUrl,
      vault: plainVault(),
      tenant: 't',
      gateOf: () => gate,
    });
  const grant = () => ({ grant: 'refresh_token', refreshToken: fortnox.issueRefreshToken() }) as const;
  return [
    ...ofFortnox,
    ...ofWebcrm,
    {
      name: 'token',
      side: 'fortnox',
      ...common({}),
      run: (url, _tag, isFast) => fortnoxAuth(url, isFast).connect(grant()),
    },
    {
      name: 'login',
      side: 'webcrm',
      ...common({}),
      run: (url, _tag, isFast) => webcrmAuth(url, isFast).connect(webcrm.applicationToken),
    },
  ];
}

const sender = (runtime: Runtime, side: Side) =>
  createSend({ runtime, side, throttleWaitMs: 5_000, answerBytes: ANSWER_BYTES });

async function accessOf({ runtime, fortnox, webcrm, proxies }: Open): Promise<Record<Side, string>> {
  const values: Record<string, string> = {};
  const common = { runtime, vault: plainVault(values), tenant: 't' };
  const authUrl = proxies.fortnox.url;
  const auth = createFortnoxAuth({
    runtime,
    keeper: createTokenKeeper(common),
    send: sender(runtime, 'fortnox'),
    gate: () => gate,
    apiUrl: authUrl,
    authUrl,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
  });
  await auth.connect({ grant: 'refresh_token', refreshToken: fortnox.issueRefreshToken() });
  const crm = createWebcrmAuth({
    ...common,
    send: sender(runtime, 'webcrm'),
    apiUrl: proxies.webcrm.url,
    gateOf: () => gate,
  });
  await crm.connect(webcrm.applicationToken);
  return { fortnox: await auth.token(), webcrm: (await crm.session()).accessToken };
}

interface Ended {
  readonly code: string;
  readonly message: string;
}
const endOf = (run: Promise<unknown>): Promise<Ended> =>
  run.then(
    () => ({ code: 'well', message: '' }),
    (error: unknown) => ({ code: isSyncError(error) ? error.code : 'internal', message: String(error) }),
  );

t.setTimeout(120_000);

t.test(
  'B1 every fault of the wire in every call to a vendor: told what happened, once, and over when it is over',
  async (t) => {
    const open = await openVendors();
    t.teardown(open.close);
    const access = await accessOf(open);
    const calls = triedCalls(open, access);
    let followed = 0;
    const elsewhere = createServer((_request, response) => {
      followed += 1;
      response.end('{}');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, HOST, () => resolve()));
    t.teardown(() => elsewhere.close());
    ELSEWHERE.url = `http://localhost:${(elsewhere.address() as AddressInfo).port}/elsewhere`;

    const secrets = [access.fortnox, access.webcrm, CLIENT_SECRET, open.webcrm.applicationToken];
    const faults: string[] = [];
    /** Requests by case; what passes has none. */
    const asked = new Map<string, number>();
    const fates = new Map<string, FaultName>();
    for (const proxy of Object.values(open.proxies))
      proxy.decide(({ path }) => {
        const mark = MARK.exec(path)?.[1] ?? '';
        asked.set(mark, (asked.get(mark) ?? 0) + 1);
        const fate = fates.get(mark);
        return fate === undefined ? null : FAULTS[fate].fault;
      });

    async function tryOne(call: Tried, fate: FaultName | 'refused', mark: string): Promise<void> {
      const told = `${call.side}.${call.name} under "${fate}"`;
      const kind: Pick<FaultKind, 'acts' | 'ends' | 'timesOut'> =
        fate === 'refused' ? { acts: false, ends: ['vendor-unreachable'] } : FAULTS[fate];
      if (fate !== 'refused') fates.set(mark, fate);
      const tag = call.prepare() ?? `tag-${mark}`;
      const isPrepared = !tag.startsWith('tag-');
      const base = fate === 'refused' ? 'http://127.0.0.1:1' : open.proxies[call.side].url;
      const { code, message } = await endOf(call.run(`${base}/~${mark}`, tag, kind.timesOut === true));
      const ends = [...kind.ends, ...(call.tolerates.includes(fate) ? ['well'] : []), ...loginEnds(call, fate)];
      if (!(ends as string[]).includes(code))
        faults.push(`${told} ended with ${code} (${message}), not ${ends.join(' or ')}`);
      if (secrets.some((secret) => message.includes(secret))) faults.push(`${told} told a secret`);
      if (code !== 'well' && !/webCRM|Fortnox/.test(message)) faults.push(`${told} names nobody: ${message}`);
      if (message.length > 400) faults.push(`${told} says ${message.length} characters`);
      const made = call.made(tag);
      if (made !== null && !isPrepared && made !== (kind.acts ? 1 : 0)) faults.push(`${told} made ${made}`);
      // After a 401 once more with a new token; a list of lines asks for its delivery when there is none; a hook without an id is looked for.
      const most = fate === '401' || ['linesOf', 'createHook'].includes(call.name) ? 2 : 1;
      const count = asked.get(mark) ?? 0;
      if (fate !== 'refused' && (count < 1 || count > most)) faults.push(`${told} asked ${count} times`);
      const again = await endOf(
        call.run(`${open.proxies[call.side].url}/~${mark}-after`, call.prepare() ?? `tag-${mark}-after`, false),
      );
      if (again.code !== 'well') faults.push(`${told}: afterwards ${again.message}`);
    }

    const cases = [...FAULT_NAMES, 'refused' as const].flatMap((fate) => calls.map((call) => ({ fate, call })));
    const waiting = cases.entries();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const [at, { call, fate }] of waiting) await tryOne(call, fate, String(at));
      }),
    );
    t.comment(`${cases.length} cases: ${FAULT_NAMES.length + 1} faults, ${calls.length} calls`);
    t.ok(cases.length > 2_000);
    for (const fault of faults.slice(0, 40)) t.fail(fault);
    t.equal(faults.length, 0);
    t.equal(followed, 0, 'nothing is followed to another host');
    t.strictSame([...open.fortnox.violations, ...open.webcrm.violations], [], 'no call that a vendor would refuse');
    t.equal(({} as Record<string, unknown>).polluted, undefined);
  },
);

/** What an application token or a client is refused with says of the token, not of the data. */
function loginEnds({ name }: Tried, fate: string): string[] {
  return (name === 'token' || name === 'login') && /^4\d\d/.test(fate) ? ['vendor-auth'] : [];
}
