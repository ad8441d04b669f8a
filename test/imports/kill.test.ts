import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { systemRuntime } from '../../src/runtime.ts';
import type { SandboxVendor } from '../../src/sandbox/chassis.ts';
import { createFortnoxSandbox } from '../../src/sandbox/fortnox/index.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../../src/sandbox/fortnox/tokens.ts';
import { serveSandbox } from '../../src/sandbox/http-server.ts';
import { sandboxFetch } from '../../src/sandbox/in-process.ts';
import { createWebcrmSandbox } from '../../src/sandbox/webcrm/index.ts';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import { runImport } from './kill-service.ts';
import { customer, organisation } from './support.ts';

t.setTimeout(120_000);

/** Of each: organisations alone, customers alone, and pairs that are equal. 56 records in all. */
const EACH = 14;
const CHILD = fileURLToPath(new URL('./kill-child.ts', import.meta.url));
/** A new process knows nothing of the calls of the one before: the vendor's window has to pass until it does. */
const RATE_LIMIT = /^More than \d+ calls in \d+ s$/;

t.test('R22 R24 SIGKILL in the middle of an import: the new start goes on, and makes nothing twice', async (t) => {
  const deps = { now: () => Date.now(), random: () => Math.random(), notify: () => {} };
  const fortnox = createFortnoxSandbox(deps);
  const webcrm = createWebcrmSandbox(deps);
  for (let n = 0; n < EACH; n += 1) {
    webcrm.person.createOrganisation(organisation(n));
    fortnox.person.createCustomer(customer(EACH + n));
    const number = fortnox.person.createCustomer(customer(2 * EACH + n, { CountryCode: 'SE' }));
    webcrm.person.createOrganisation(
      organisation(2 * EACH + n, { OrganisationCustom1: number, OrganisationCountry: 'Sverige' }),
    );
  }

  let child: ChildProcess | null = null;
  /** The create takes effect, and the process is dead before it hears of it. */
  const killing: Pick<SandboxVendor, 'handle'> = {
    handle(request) {
      const answer = webcrm.handle(request);
      const isCreate = request.method === 'POST' && request.url === '/Organisations';
      if (isCreate && webcrm.counts().byRoute['POST /Organisations'] === EACH / 2) child?.kill('SIGKILL');
      return answer;
    },
  };
  const servers = {
    fortnox: await serveSandbox(fortnox, { host: '127.0.0.1', port: 0 }),
    webcrm: await serveSandbox(killing, { host: '127.0.0.1', port: 0 }),
  };
  const folder = await mkdtemp(join(tmpdir(), 'import-kill-'));
  t.teardown(async () => {
    for (const server of Object.values(servers)) await server.close();
    await rm(folder, { recursive: true, force: true });
  });
  const path = join(folder, 'killed.db');
  const env = {
    DATA_DIR: folder,
    PUBLIC_URL: 'https://sync.invalid',
    FORTNOX_CLIENT_ID: CLIENT_ID,
    FORTNOX_CLIENT_SECRET: CLIENT_SECRET,
    FORTNOX_API_URL: servers.fortnox.url,
    FORTNOX_AUTH_URL: servers.fortnox.url,
    WEBCRM_API_URL: servers.webcrm.url,
    POLL_INTERVAL_SECONDS: '86400',
    WEBCRM_TOKEN: webcrm.applicationToken,
    FORTNOX_REFRESH_TOKEN: fortnox.issueRefreshToken(),
  };
  child = spawn(process.execPath, ['--import=tsx', CHILD], {
    env: { PATH: process.env.PATH ?? '', STORE: path, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [, signal] = await once(child, 'close');
  t.equal(signal, 'SIGKILL', 'killed when an organisation was made');
  t.equal(webcrm.organisations().length, 2.5 * EACH, 'in the middle');

  // The last start in this process: what the two share is the files alone.
  const store = createInlineStore(path);
  const fetch = sandboxFetch({ [servers.fortnox.url]: fortnox, [servers.webcrm.url]: webcrm });
  await runImport({ runtime: { ...systemRuntime(), fetch }, store, env });
  const [tenant] = (await store.tenants.list({ limit: 1 })).items;
  const pairs = (await store.pairs.list(tenant?.id ?? '', { limit: 200 })).items;
  const [run] = (await store.imports.list(tenant?.id ?? '', { limit: 1 })).items;
  const jobs = await store.jobs.counts(tenant?.id ?? '');
  await store.close();

  const names = Array.from({ length: 3 * EACH }, (_, n) => `Kund ${n} AB`).sort();
  t.strictSame(
    fortnox
      .customers()
      .map(({ Name }) => Name)
      .sort(),
    names,
    'one customer each',
  );
  t.strictSame(
    webcrm
      .organisations()
      .map((row) => row.OrganisationName)
      .sort(),
    names,
    'one organisation each',
  );
  const numbers = new Map(fortnox.customers().map((row) => [row.Name, row.CustomerNumber]));
  for (const row of webcrm.organisations())
    t.equal(row.OrganisationCustom1, numbers.get(String(row.OrganisationName)), `${row.OrganisationName}: its number`);
  t.equal(pairs.length, 3 * EACH);
  t.ok(pairs.every(({ state, webcrmId, fortnoxId }) => state === 'linked' && webcrmId && fortnoxId));
  t.strictSame(jobs, { waiting: 0, running: 0, dead: 0 });
  t.match(run, { state: 'done', total: 4 * EACH });

  const violations = [...fortnox.violations, ...webcrm.violations];
  const others = violations.filter(({ why }) => !RATE_LIMIT.test(why));
  t.strictSame(others, [], 'no call that a vendor would refuse or regret');
  t.comment(`${violations.length - others.length} calls above a rate limit after the starts`);
});
