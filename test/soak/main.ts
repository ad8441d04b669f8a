/**
 * `npm run soak -- --minutes 20`: the service as a process of its own, one tenant at work, calls to both vendors failing in every way at
 * random; says whether memory and handles stay flat, and whether both sides agree at the end. Ends with 1 when they do not.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DEFAULT_SETTINGS } from '../../schemas/settings.ts';
import { createApi } from '../../src/demo/api.ts';
import { freePort } from '../../src/demo/free-port.ts';
import { sleep, systemRuntime } from '../../src/runtime.ts';
import type { SendNotification } from '../../src/sandbox/chassis.ts';
import { createFortnoxSandbox } from '../../src/sandbox/fortnox/index.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../../src/sandbox/fortnox/tokens.ts';
import { STREAM_PATH, serveSandbox } from '../../src/sandbox/http-server.ts';
import { createWebcrmSandbox } from '../../src/sandbox/webcrm/index.ts';
import { FAULT_NAMES, FAULTS, type FaultName } from '../faults/faults.ts';
import { startFaultProxy } from '../faults/proxy.ts';
import type { Sample } from './probe.ts';
import { verdictOf } from './verdict.ts';

const HOST = '127.0.0.1';
const ADMIN_TOKEN = 'a-token-of-the-administrator-of-tests';
const POLL_SECONDS = 30;
const CUSTOMERS = 40;
const DELIVERIES = 10;
/** One edit each so many ms: with its echo some three calls at each vendor. */
const EDIT_MS = 1_000;
const LOOK_MS = 10_000;
/** Of all calls. */
const SUFFER = 0.04;
/** They fill the 64 MiB that an answer may have, and would be all that is measured. */
const LARGE: ReadonlySet<FaultName> = new Set(['a body without end', 'a bomb of gzip', 'too long a body']);
const SAMPLES = 40;
const LONGEST_REST_MS = 300_000;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '20' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error('--minutes is a number above 0');

const runtime = systemRuntime();
const wait = (ms: number) => sleep(runtime, ms);
const one = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;
const print = (text: string) => process.stdout.write(`${text}\n`);

const notify: SendNotification = (url, headers, body) => {
  fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) }).then(
    (answer) => answer.body?.cancel(),
    // Lost: the poll finds what it would have said.
    () => undefined,
  );
};
const deps = { now: runtime.now, random: runtime.random, notify };
const fortnox = createFortnoxSandbox(deps);
const webcrm = createWebcrmSandbox(deps);
const servers = [
  await serveSandbox(fortnox, { host: HOST, port: 0 }),
  await serveSandbox(webcrm, { host: HOST, port: 0 }),
] as const;
const proxies = [await startFaultProxy(servers[0].url, wait), await startFaultProxy(servers[1].url, wait)] as const;
const [fortnoxUrl, webcrmUrl] = proxies.map(({ url }) => url) as [string, string];

const port = await freePort(HOST);
const url = `http://${HOST}:${port}`;
const dataDir = await mkdtemp(join(tmpdir(), 'soak-'));
const child = spawn(
  process.execPath,
  ['--expose-gc', '--import=tsx', fileURLToPath(new URL('./child.ts', import.meta.url))],
  {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      HOST,
      PUBLIC_URL: url,
      DATA_DIR: dataDir,
      ADMIN_TOKEN,
      FORTNOX_CLIENT_ID: CLIENT_ID,
      FORTNOX_CLIENT_SECRET: CLIENT_SECRET,
      FORTNOX_API_URL: fortnoxUrl,
      FORTNOX_AUTH_URL: fortnoxUrl,
      FORTNOX_STREAM_URL: `${fortnoxUrl.replace('http', 'ws')}${STREAM_PATH}`,
      WEBCRM_API_URL: webcrmUrl,
      POLL_INTERVAL_SECONDS: String(POLL_SECONDS),
      LOG_LEVEL: 'fatal',
    },
  },
);
let died: string | null = null;
child.once('exit', (code, signal) => {
  died = `the service ended by itself (${code ?? signal})`;
});
async function sample(): Promise<Sample> {
  child.send('sample');
  const [answer] = (await once(child, 'message', { signal: AbortSignal.timeout(60_000) })) as [Sample];
  return answer;
}

const { signal } = new AbortController();
const api = createApi({ base: url, token: ADMIN_TOKEN, fetch: runtime.fetch, signal });
for (let tries = 0; ; tries += 1) {
  try {
    await fetch(`${url}/health/ready`);
    break;
  } catch (error) {
    if (tries > 120 || died !== null) throw error;
    await wait(500);
  }
}

const { tenant } = await api.post<{ tenant: { id: string } }>('/api/tenants', { name: 'Soak' });
const of = (below: string) => `/api/tenants/${tenant.id}${below}`;
await api.patch(of('/settings'), {
  customFields: { customerNumber: 'OrganisationCustom1' },
  documents: { ...DEFAULT_SETTINGS.documents, quietSeconds: 0 },
});

interface Health {
  readonly state: string;
  readonly jobs: { readonly waiting: number; readonly running: number; readonly dead: number };
}
const healthOf = () => api.get<Health>(of('/status'));
async function connect(): Promise<void> {
  await api.put(of('/credentials/webcrm'), { applicationToken: webcrm.applicationToken });
  await api.put(of('/credentials/fortnox'), { grant: 'refresh_token', refreshToken: fortnox.issueRefreshToken() });
  await api.post(of('/connect'));
}
/** What an administrator does: connects what stands still, retries what failed, looks at the lists. */
async function look(): Promise<Health> {
  const health = await healthOf();
  if (health.state !== 'connected') await connect();
  if (health.jobs.dead > 0) await api.post(of('/jobs/retry'), {});
  for (const list of ['/activity', '/pairs', '/jobs', '/check']) {
    if (list === '/check') await api.post(of(list)).catch(() => undefined);
    else await api.get(of(list));
  }
  return health;
}

fortnox.person.createArticle({ ArticleNumber: 'A1', Description: 'Lampa', Unit: 'st', VAT: 25 });
await connect();
const organisations = Array.from({ length: CUSTOMERS }, (_, n) =>
  webcrm.person.createOrganisation({ OrganisationName: `Varaktig ${n} AB`, OrganisationType: 'Customer' }),
);
const lines = organisations.slice(0, DELIVERIES).map((DeliveryOrganisationId) => {
  const delivery = webcrm.person.createDelivery({
    DeliveryOrganisationId,
    DeliveryStatus: 'OnGoing',
    DeliveryOrderDate: '2026-03-02T09:00:00+01:00',
  });
  return webcrm.person.createLine(delivery, {
    QuotationLineData1: 'A1',
    QuotationLineData2: 'Lampa',
    QuotationLineQuantity: 1,
    QuotationLineListPrice: 100,
    QuotationLineVatPercentage: 25,
  });
});

let edits = 0;
function edit(): void {
  edits += 1;
  const organisation = one(organisations);
  const customer = fortnox.customers()[edits % CUSTOMERS];
  if (edits % 5 === 0) webcrm.person.editLine(one(lines), { QuotationLineQuantity: 1 + (edits % 9) });
  else if (edits % 2 === 0) webcrm.person.editOrganisation(organisation, { OrganisationTelephone: `08-${edits}` });
  else if (customer) fortnox.person.editCustomer(customer.CustomerNumber, { City: `Ort ${edits}` });
}

const names = FAULT_NAMES.filter((name) => !LARGE.has(name));
const struck = new Map<FaultName, number>();
for (const proxy of proxies)
  proxy.decide(() => {
    if (Math.random() >= SUFFER) return null;
    const name = one(names);
    struck.set(name, (struck.get(name) ?? 0) + 1);
    return FAULTS[name].fault;
  });

const samples: Sample[] = [];
const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MB`;
const refusals: string[] = [];
const end = Date.now() + minutes * 60_000;
const everyMs = (minutes * 60_000) / SAMPLES;
let nextSample = Date.now() + everyMs;
let nextLook = Date.now() + LOOK_MS;
while (Date.now() < end && died === null) {
  edit();
  if (Date.now() >= nextLook) {
    nextLook = Date.now() + LOOK_MS;
    await look().catch((error: unknown) => refusals.push(String(error)));
  }
  if (Date.now() >= nextSample) {
    nextSample += everyMs;
    const taken = await sample();
    samples.push(taken);
    const { rss, heap, handles, delayP99, delayMax } = taken;
    print(
      `${String(samples.length).padStart(3)}  heap ${megabytes(heap)}  RSS ${megabytes(rss)}  handles ${handles}  event loop p99 ${delayP99.toFixed(0)} ms, longest ${delayMax.toFixed(0)} ms`,
    );
  }
  await wait(EDIT_MS);
}

// The weather clears; then both sides are to agree.
for (const proxy of proxies) proxy.decide(() => null);
const faults: string[] = died === null ? [] : [died];
async function rest(): Promise<boolean> {
  for (const until = Date.now() + LONGEST_REST_MS; Date.now() < until && died === null; await wait(2_000)) {
    const { state, jobs } = await look().catch(() => ({ state: 'silent', jobs: { waiting: 1, running: 0, dead: 0 } }));
    if (state === 'connected' && jobs.waiting + jobs.running + jobs.dead === 0) return true;
  }
  return false;
}
// One more poll of each side finds what a lost notification would have said.
await wait(2 * POLL_SECONDS * 1_000 + LOOK_MS);
if (!(await rest())) faults.push('it did not come to rest');
const customers = fortnox.customers();
if (customers.length !== CUSTOMERS) faults.push(`${customers.length} customers instead of ${CUSTOMERS}`);
if (webcrm.organisations().length !== CUSTOMERS)
  faults.push(`${webcrm.organisations().length} organisations instead of ${CUSTOMERS}`);
if (fortnox.orders().length !== DELIVERIES) faults.push(`${fortnox.orders().length} orders instead of ${DELIVERIES}`);
for (const organisation of webcrm.organisations()) {
  const customer = customers.find(({ Name }) => Name === organisation.OrganisationName);
  const shown = [organisation.OrganisationTelephone || '', organisation.OrganisationCity || ''].join('|');
  const kept = [customer?.Phone1 || '', customer?.City || ''].join('|');
  if (shown !== kept) faults.push(`${organisation.OrganisationName} is ${shown} in webCRM and ${kept} in Fortnox`);
}
for (const { request, why } of [...fortnox.violations, ...webcrm.violations])
  faults.push(`a vendor refused ${request}: ${why}`);

const calls = fortnox.counts().total + webcrm.counts().total;
const suffered = [...struck.values()].reduce((sum, count) => sum + count, 0);
print(
  `\n${minutes} minutes: ${edits} edits, ${calls} calls that reached a vendor, ${suffered} that suffered, of ${struck.size} kinds`,
);
if (refusals.length > 0)
  print(`${refusals.length} looks of the administrator failed, the last with ${refusals.at(-1)}`);
for (const { name, before, after, atMost, isFlat } of verdictOf(samples)) {
  const shown = (value: number) => (name === 'handles' ? value.toFixed(0) : megabytes(value));
  print(
    `${name}: ${shown(before)} in the second quarter, ${shown(after)} in the last, at most ${shown(atMost)}: ${isFlat ? 'flat' : 'NOT FLAT'}`,
  );
  if (!isFlat) faults.push(`${name} is not flat`);
}
for (const fault of faults) print(`FAILED ${fault}`);
if (faults.length === 0) print('held');

child.kill('SIGTERM');
if (died === null) await once(child, 'exit');
for (const closing of [...proxies, ...servers]) await closing.close();
await rm(dataDir, { recursive: true, force: true });
process.exitCode = faults.length === 0 ? 0 : 1;
