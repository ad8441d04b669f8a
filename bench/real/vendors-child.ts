/** Both vendors' stand-ins with many companies, as a process; started by `vendors.ts`. */
import { join } from 'node:path';
import type { Side } from '../../schemas/records.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { createFortnoxStream } from '../../src/sandbox/fortnox/stream.ts';
import { DEFAULT_SWITCHES } from '../../src/sandbox/fortnox/switches.ts';
import { CLIENT_SECRET } from '../../src/sandbox/fortnox/tokens.ts';
import { STREAM_PATH, serveSandbox } from '../../src/sandbox/http-server.ts';
import { sandboxFetch } from '../../src/sandbox/in-process.ts';
import { createService } from '../../src/service.ts';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.ts';
import { type Company, createCompanies } from '../../test/support/companies.ts';
import { serviceOptions } from '../../test/support/service-options.ts';
import { offer } from './remote.ts';

/** To the vendor and back, ms. */
const latency = () => 10 + Math.random() * 110;
/** Tenants that are connected side by side: each waits for its own budgets. */
const AT_ONCE = 40;
const FIRST_NUMBER = 1_000_000;

const runtime = systemRuntime();
const companies = createCompanies();
const added: Company[] = [];
const violations: string[] = [];
const calls: { at: number; number: number; side: Side; request: string }[] = [];

const stream = createFortnoxStream({
  now: runtime.now,
  switches: DEFAULT_SWITCHES,
  clientSecret: CLIENT_SECRET,
  tenantOf: companies.numberOf,
  violation: (request, why) => void violations.push(`${request}: ${why}`),
});
const http = { host: '127.0.0.1', port: 0, latency };
const fortnoxDoor = await serveSandbox({ ...companies.fortnox, stream }, http);
const webcrmDoor = await serveSandbox(companies.webcrm, http);
const urls = {
  FORTNOX_API_URL: fortnoxDoor.url,
  FORTNOX_AUTH_URL: fortnoxDoor.url,
  FORTNOX_STREAM_URL: `${fortnoxDoor.url.replace('http', 'ws')}${STREAM_PATH}`,
  WEBCRM_API_URL: webcrmDoor.url,
};

function addCompany(): Company {
  const number = FIRST_NUMBER + added.length;
  const company = companies.add({
    number,
    now: runtime.now,
    random: runtime.random,
    // Nobody edits anything here.
    notify: () => {},
    arrived: (side, { method, url }) =>
      void calls.push({ at: runtime.now(), number, side, request: `${method} ${url}` }),
  });
  added.push(company);
  return company;
}

/** Where the first hook of the company's organisations calls, without the event. */
function hookPath({ webcrm }: Company): string {
  const hook = webcrm.hooks().find(({ TargetUrl }) => TargetUrl.endsWith('/organisations/update'));
  if (hook === undefined) throw new Error('no hook of organisations was registered');
  return new URL(hook.TargetUrl).pathname;
}

const methods = {
  /** What the service is told of the vendors, by the names of its environment. */
  environment: () => urls,
  /**
   * Makes companies and connects a tenant to each in the store of this folder, as an administrator would, without the service: that is
   * started on it afterwards. Gives for each the path of its hook for updated organisations.
   */
  async connect(options: { count: number; folder: string; encryptionKey: string; publicUrl: string }) {
    const store = await openEmbeddedStore({ path: join(options.folder, 'sync.db') });
    const inProcess: Parameters<typeof sandboxFetch>[0] = {
      [fortnoxDoor.url]: companies.fortnox,
      [webcrmDoor.url]: companies.webcrm,
    };
    const service = await createService(
      serviceOptions({
        runtime: { ...runtime, fetch: sandboxFetch(inProcess) },
        store,
        encryptionKey: Buffer.from(options.encryptionKey, 'base64'),
        env: { ...urls, PUBLIC_URL: options.publicUrl },
      }),
    );
    const { admin } = service.services;
    const made: { id: string; hook: string; number: number }[] = [];
    async function connectOne(): Promise<void> {
      const company = addCompany();
      const number = FIRST_NUMBER + added.length - 1;
      const { tenant } = await admin.createTenant(`Bolag ${number}`);
      await admin.setWebcrmToken(tenant.id, company.webcrm.applicationToken);
      await admin.setFortnoxGrant(tenant.id, { grant: 'refresh_token', refreshToken: company.refreshToken });
      await admin.connect(tenant.id);
      made.push({ id: tenant.id, hook: hookPath(company), number });
    }
    let begun = 0;
    const connectMany = async () => {
      while (begun < options.count) {
        begun += 1;
        await connectOne();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, connectMany));
    await service.stop();
    await store.close();
    return made;
  },
  /** Calls from here on are told by `calls`. */
  forget: () => {
    calls.length = 0;
  },
  calls: () => calls,
  throttled: () =>
    added.flatMap(({ fortnox, webcrm }) => [fortnox, webcrm]).reduce((sum, one) => sum + one.counts().throttled, 0),
  violations: () => [
    ...violations,
    ...added.flatMap(({ fortnox, webcrm }) =>
      [fortnox, webcrm].flatMap((one) => one.violations.map(({ request, why }) => `${request}: ${why}`)),
    ),
  ],
  /** Tenants that a connection of the stream tells about, and how often one was subscribed. */
  streamed: () => ({
    tenants: stream.connections().reduce((sum, one) => sum + (one.subscribed ? one.tenants.length : 0), 0),
    subscriptions: stream.commands.filter((command) => command === 'subscribe-v1').length,
  }),
  dropStream: () => stream.dropConnections(),
};
export type VendorsMethods = typeof methods;

offer(methods);
