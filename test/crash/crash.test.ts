import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { createFortnoxSandbox } from '../../src/sandbox/fortnox/index.ts';
import { serveSandbox } from '../../src/sandbox/http-server.ts';
import { createWebcrmSandbox } from '../../src/sandbox/webcrm/index.ts';
import { type Moment, STEPS } from './steps.ts';

const child = fileURLToPath(new URL('./child.ts', import.meta.url));

function run(env: Record<string, string>): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve) => {
    const started = spawn(process.execPath, ['--import=tsx', child], {
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    started.on('exit', (code, signal) => resolve({ code, signal }));
  });
}

async function world() {
  const deps = { now: () => Date.now(), random: () => Math.random(), notify: () => {} };
  const fortnox = createFortnoxSandbox(deps);
  const webcrm = createWebcrmSandbox(deps);
  const servers = [
    await serveSandbox(fortnox, { host: '127.0.0.1', port: 0 }),
    await serveSandbox(webcrm, { host: '127.0.0.1', port: 0 }),
  ];
  const dataDir = await mkdtemp(join(tmpdir(), 'crash-'));
  const env = {
    DATA_DIR: dataDir,
    FORTNOX_CLIENT_ID: 'sandbox-client',
    FORTNOX_CLIENT_SECRET: 'sandbox-secret',
    FORTNOX_API_URL: servers[0]?.url ?? '',
    FORTNOX_AUTH_URL: servers[0]?.url ?? '',
    WEBCRM_API_URL: servers[1]?.url ?? '',
    WEBCRM_TOKEN: webcrm.applicationToken,
    FORTNOX_CODE: fortnox.issueRefreshToken(),
    LOG_LEVEL: 'silent',
  };
  return {
    fortnox,
    webcrm,
    env,
    async close() {
      for (const server of servers) await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

const cases = Object.entries(STEPS).flatMap(([direction, steps]) =>
  steps.flatMap((step) => (['before', 'after'] as Moment[]).map((moment) => ({ direction, step, moment }))),
);

t.setTimeout(280_000);
t.jobs = 3;
for (const { direction, step, moment } of cases) {
  t.test(
    `R22 T3 SIGKILL ${moment} ${step} (${direction}): one customer on each side`,
    { buffered: true },
    async (t) => {
      const { fortnox, webcrm, env, close } = await world();
      t.teardown(close);
      const id =
        direction === 'toFortnox'
          ? String(
              webcrm.person.createOrganisation({ OrganisationName: 'Kraschtest AB', OrganisationType: 'Customer' }),
            )
          : fortnox.person.createCustomer({ Name: 'Kraschtest AB', Type: 'COMPANY' });
      const side = direction === 'toFortnox' ? 'webcrm' : 'fortnox';
      const hint = JSON.stringify({ entity: 'customer', side, id, priority: 0 });

      const killed = await run({ ...env, HINT: hint, KILL_STEP: step, KILL_MOMENT: moment });
      t.equal(killed.signal, 'SIGKILL', 'the step was reached');
      const after = await run({ ...env, HINT: hint });
      t.equal(after.code, 0, 'the new start has nothing left to do');

      const customers = fortnox.customers();
      const organisations = webcrm.organisations();
      t.equal(customers.length, 1, 'one customer in Fortnox');
      t.equal(organisations.length, 1, 'one organisation in webCRM');
      t.equal(organisations[0]?.OrganisationCustom1, customers[0]?.CustomerNumber, 'both bear the same number');
      t.strictSame([...fortnox.violations, ...webcrm.violations], [], 'no call that a vendor would refuse or regret');
    },
  );
}
