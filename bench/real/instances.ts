import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import type { Side } from '../../schemas/records.ts';
import { STREAM_SHARD, shardOf } from '../../src/instances/shards.ts';
import { sleep, systemRuntime } from '../../src/runtime.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../../src/sandbox/fortnox/tokens.ts';
import { serveSandbox } from '../../src/sandbox/http-server.ts';
import { openMongoStore } from '../../src/store/mongo/mongo-store.ts';
import type { TestServer } from '../../test/store/servers/servers.ts';
import { createCompanies, faultsIn } from '../../test/support/companies.ts';
import { median, worst } from '../frame/statistics.ts';
import { createBalancer } from './balancer.ts';
import { build, createProcess, type Process } from './processes.ts';

export interface InstancesOptions {
  readonly server: TestServer;
  readonly minutes: number;
  readonly tenants: number;
  readonly killEverySeconds: number;
  /** One is stopped so often, for longer than its lease. */
  readonly sleepEverySeconds: number;
  /** At the end one is killed under load, and one whose tenant imports, and what their successors call is counted: four minutes longer. */
  readonly isSuccessionCounted?: boolean;
  readonly say: (line: string) => void;
}

/** What the successor of a killed instance called for a tenant whose budget was used to the full. */
export interface Succession {
  /** From the kill to its first call, s. */
  readonly firstCallSeconds: number;
  /** Of what webCRM's limit allows in the half minute after 95 s, the part that was called. */
  readonly fullRate: number;
}

export interface InstancesResult {
  readonly edits: number;
  readonly calls: number;
  readonly throttled: number;
  readonly violations: readonly string[];
  readonly kills: number;
  readonly sleeps: number;
  /** From a kill to the first call for each tenant of the killed one, where its successor lived, s. */
  readonly takeOverSeconds: { readonly count: number; readonly median: number; readonly worst: number };
  /** null: not counted. */
  readonly succession: Succession | null;
  /** Records that never reached the other side; that are there twice. */
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly lateCalls: number;
  readonly settleSeconds: number;
}

const SLEEP_MS = 40_000;
/** Edits go on so long after a kill that is counted: a tenant that nobody changes waits for its poll, whoever owns it. */
const FOLLOWED_MS = 45_000;
const SETTLE_MS = 600_000;
/** More than an import gets through before and after the kill, at two calls of webCRM each. */
const IMPORTED = 450;
const LONG_AGO_MS = 86_400_000;
const IMPORT_BEFORE_KILL_MS = 20_000;
/** The budget of a successor is whole by then, and what is called in so long after it is counted. */
const WHOLE_MS = 95_000;
const COUNTED_MS = 30_000;
const WEBCRM_A_MINUTE = 250;
const pause = (ms: number) => sleep(systemRuntime(), ms);

/** Three built instances on one MongoDB-compatible server under load, while they are killed, stopped and continued. */
export async function runInstances(options: InstancesOptions): Promise<InstancesResult> {
  const { say, tenants, minutes } = options;
  say('building');
  build();
  const server = await options.server.start();
  const database = `instances-${process.pid}`;
  const url = server.url(database);
  const vendors = createCompanies();
  const http = { host: '127.0.0.1', port: 0, latency: () => 10 + Math.random() * 60 };
  const fortnoxDoor = await serveSandbox(vendors.fortnox, http);
  const webcrmDoor = await serveSandbox(vendors.webcrm, http);
  const adminToken = randomBytes(24).toString('hex');
  const processes: Process[] = [0, 1, 2].map((number) =>
    createProcess(number, {
      MONGODB_URL: url,
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      ADMIN_TOKEN: adminToken,
      PUBLIC_URL: 'http://instances.invalid',
      FORTNOX_CLIENT_ID: CLIENT_ID,
      FORTNOX_CLIENT_SECRET: CLIENT_SECRET,
      FORTNOX_API_URL: fortnoxDoor.url,
      FORTNOX_AUTH_URL: fortnoxDoor.url,
      WEBCRM_API_URL: webcrmDoor.url,
    }),
  );
  const calls: { at: number; tenant: string; side: Side }[] = [];
  const store = await openMongoStore({ url, runtime: systemRuntime() });

  const { send, api } = createBalancer(processes, adminToken);

  async function addCompany(number: number, before = 0) {
    let tenantId = '';
    let ageMs = LONG_AGO_MS;
    const { fortnox, webcrm, refreshToken } = vendors.add({
      number: 1_000_000 + number,
      now: () => Date.now() - ageMs,
      random: Math.random,
      arrived: (side) => calls.push({ at: Date.now(), tenant: tenantId, side }),
      notify(address: string, headers: Record<string, string>, body: string) {
        void send(new URL(address).pathname, { method: 'POST', headers, body }).catch(() => undefined);
      },
    });
    // There since long before the tenant is connected: no poll finds them, an import does.
    for (let n = 0; n < before; n += 1) fortnox.person.createCustomer({ Name: `Sedan länge ${n}` });
    ageMs = 0;
    const made = await api<{ tenant: { id: string }; webhook: { url: string; secret: string } }>('POST', '/tenants', {
      name: `T${number}`,
    });
    tenantId = made.tenant.id;
    await api('PUT', `/tenants/${tenantId}/credentials/webcrm`, { applicationToken: webcrm.applicationToken });
    await api('PUT', `/tenants/${tenantId}/credentials/fortnox`, { grant: 'refresh_token', refreshToken });
    fortnox.setWebhook(made.webhook.url, made.webhook.secret);
    await api('POST', `/tenants/${tenantId}/connect`);
    return { id: tenantId, shard: shardOf(tenantId), fortnox, webcrm };
  }
  type Company = Awaited<ReturnType<typeof addCompany>>;
  const companies: Company[] = [];

  /** The stand-in of MongoDB may be too busy for the moment. */
  async function patiently<T>(read: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await read();
      } catch (error) {
        if (tries === 20) throw error;
        await pause(500);
      }
    }
  }
  const ownersNow = async (): Promise<(string | null)[]> =>
    ((await patiently(() => store.fenced.get('shards', 'owners')))?.value ?? []) as (string | null)[];

  const killed: { at: number; tenant: string }[] = [];
  const deaths: { at: number; word: string | null }[] = [];
  let kills = 0;
  let sleeps = 0;
  let edits = 0;
  let isOver = false;
  let isLoaded = true;

  async function restart(one: Process): Promise<void> {
    const owners = await ownersNow();
    const word = one.word();
    const at = Date.now();
    await one.kill('SIGKILL');
    kills += 1;
    deaths.push({ at, word });
    for (const { id, shard } of companies)
      if (isLoaded && word !== null && owners[shard] === word) killed.push({ at, tenant: id });
    say(`instance ${one.number} was killed; it had ${owners.filter((owner) => owner === word).length} shards`);
    await one.start();
  }

  /** The instance that has the most tenants. */
  async function busiest(): Promise<Process> {
    const owners = await ownersNow();
    const tenantsOf = (one: Process) => companies.filter(({ shard }) => owners[shard] === one.word()).length;
    const [first] = processes.filter((one) => one.isUp()).toSorted((a, b) => tenantsOf(b) - tenantsOf(a));
    if (first === undefined) throw new Error('no instance is up');
    return first;
  }

  async function kill(): Promise<void> {
    for (let n = 0; !isOver; n += 1) {
      await pause(options.killEverySeconds * 1_000);
      const one = processes.filter((each) => each.isUp())[n % 2];
      if (one === undefined || isOver || processes.filter((each) => each.isUp()).length < 2) continue;
      await restart(one);
    }
  }
  async function putToSleep(): Promise<void> {
    while (!isOver) {
      await pause(options.sleepEverySeconds * 1_000);
      const one = processes.filter((each) => each.isUp()).at(-1);
      if (one === undefined || isOver || processes.filter((each) => each.isUp()).length < 2) continue;
      say(`instance ${one.number} is stopped`);
      await one.kill('SIGSTOP');
      sleeps += 1;
      await pause(SLEEP_MS);
      await one.kill('SIGCONT');
      say(`instance ${one.number} goes on`);
    }
  }
  async function editing(): Promise<void> {
    while (isLoaded) {
      edit();
      await pause(400);
    }
  }
  function edit(): void {
    const company = companies[edits % companies.length] as Company;
    edits += 1;
    const name = `Bolag ${edits}`;
    if (Math.floor(edits / companies.length) % 2 === 0) company.fortnox.person.createCustomer({ Name: name });
    else company.webcrm.person.createOrganisation({ OrganisationName: name, OrganisationType: 'Customer' });
  }
  /** Kills the owner of a tenant that imports, and counts what its successor calls. */
  async function countSuccession({ id, shard }: Company): Promise<Succession> {
    const { id: importId } = await api<{ id: string }>('POST', `/tenants/${id}/imports`, { kinds: ['customer'] });
    const stateOf = async () => (await api<{ state: string }>('GET', `/tenants/${id}/imports/${importId}`)).state;
    while ((await stateOf()) !== 'running') await pause(500);
    await pause(IMPORT_BEFORE_KILL_MS);
    const owner = (await ownersNow())[shard];
    const one = processes.find((each) => each.word() === owner);
    if (one === undefined) throw new Error('nobody owns the tenant that imports');
    const at = Date.now();
    await restart(one);
    await pause(at + WHOLE_MS + COUNTED_MS - Date.now());
    if ((await stateOf()) !== 'running') throw new Error('the import ended before it was counted');
    const after = calls.filter((call) => call.tenant === id && call.side === 'webcrm' && call.at > at + 500);
    const counted = after.filter((call) => call.at >= at + WHOLE_MS && call.at < at + WHOLE_MS + COUNTED_MS);
    return {
      firstCallSeconds: ((after[0]?.at ?? Number.POSITIVE_INFINITY) - at) / 1_000,
      fullRate: counted.length / ((WEBCRM_A_MINUTE * COUNTED_MS) / 60_000),
    };
  }
  async function isQuiet(): Promise<boolean> {
    for (const { id } of companies) {
      const { waiting, running } = await patiently(() => store.jobs.counts(id));
      if (waiting + running > 0) return false;
    }
    return true;
  }

  try {
    await Promise.all(processes.map((one) => one.start()));
    for (let number = 0; number < tenants; number += 1)
      companies.push(await addCompany(number, options.isSuccessionCounted && number === 0 ? IMPORTED : 0));
    say(`${tenants} tenants are connected; the stream is with ${(await ownersNow())[STREAM_SHARD]}`);
    const disturbing = [kill(), putToSleep()];
    const load = editing();
    await pause(minutes * 60_000);
    isOver = true;
    await Promise.all(disturbing);
    if (options.isSuccessionCounted) {
      // Each kill so far began the count anew for those before it: now one alone, when its tenants have settled.
      await pause(FOLLOWED_MS);
      await restart(await busiest());
      await pause(FOLLOWED_MS);
    }
    isLoaded = false;
    await load;
    const succession = options.isSuccessionCounted && companies[0] ? await countSuccession(companies[0]) : null;
    const settling = Date.now();
    await pause(30_000);
    while (!(await isQuiet()) && Date.now() - settling < SETTLE_MS) await pause(1_000);
    await pause(2_000);
    return result((Date.now() - settling) / 1_000, succession);
  } finally {
    isOver = true;
    isLoaded = false;
    for (const one of processes) {
      await one.kill('SIGCONT');
      await one.kill('SIGTERM');
    }
    await store.close();
    const client = new MongoClient(url);
    await client.db().dropDatabase();
    await client.close();
    await Promise.all([fortnoxDoor.close(), webcrmDoor.close()]);
    await server.stop();
  }

  function result(settleSeconds: number, succession: Succession | null): InstancesResult {
    const faults = companies.map((company) => ({ id: company.id, ...faultsIn(company) }));
    const sandboxes = companies.flatMap(({ fortnox, webcrm }) => [fortnox, webcrm]);
    const took = killed
      .map(({ at, tenant }) => ({ at, first: calls.find((call) => call.tenant === tenant && call.at > at + 500)?.at }))
      // Whoever was to follow may have died as well, which begins the count anew.
      .filter(
        ({ at, first }) => !deaths.some((death) => death.at > at && death.at < (first ?? Number.POSITIVE_INFINITY)),
      )
      .map(({ at, first }) => ((first ?? Number.POSITIVE_INFINITY) - at) / 1_000);
    return {
      edits,
      calls: calls.length,
      throttled: sandboxes.reduce((sum, vendor) => sum + vendor.counts().throttled, 0),
      violations: sandboxes.flatMap(({ violations }) => violations.map(({ request, why }) => `${request}: ${why}`)),
      kills,
      sleeps,
      takeOverSeconds: {
        count: took.length,
        median: median(took),
        worst: worst(took, undefined),
      },
      succession,
      lost: faults.flatMap(({ id, lost }) => lost.map((fault) => `${id}: ${fault}`)),
      doubled: faults.flatMap(({ id, doubled }) => doubled.map((fault) => `${id}: ${fault}`)),
      lateCalls: processes.reduce((sum, one) => sum + one.late(), 0),
      settleSeconds,
    };
  }
}
