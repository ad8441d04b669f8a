import pino from 'pino';
import t from 'tap';
import type { Hint } from '../../schemas/records.ts';
import { readConfig } from '../../src/config.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { createFortnoxSandbox } from '../../src/sandbox/fortnox/index.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../../src/sandbox/fortnox/tokens.ts';
import { STREAM_PATH, serveSandbox } from '../../src/sandbox/http-server.ts';
import { createWebcrmSandbox } from '../../src/sandbox/webcrm/index.ts';
import { createService } from '../../src/service.ts';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';

t.setTimeout(240_000);

const HOST = '127.0.0.1';

t.test('S2 B1 B5 over real sockets: a change arrives within a second, and after a cut what was missed', async (t) => {
  const runtime = systemRuntime();
  const vendor = { now: runtime.now, random: runtime.random, notify: () => {} };
  const fortnox = createFortnoxSandbox(vendor);
  const webcrm = createWebcrmSandbox(vendor);
  const servers = [
    await serveSandbox(fortnox, { host: HOST, port: 0 }),
    await serveSandbox(webcrm, { host: HOST, port: 0 }),
  ] as const;
  const [fortnoxUrl, webcrmUrl] = [servers[0].url, servers[1].url];

  const store = createInlineStore();
  const hints: (Hint & { at: number })[] = [];
  const enqueue: typeof store.jobs.enqueue = async (more, now) => {
    await store.jobs.enqueue(more, now);
    hints.push(...more.map((hint) => ({ ...hint, at: runtime.now() })));
  };
  const log: string[] = [];
  const service = await createService({
    config: readConfig({
      PUBLIC_URL: 'https://sync.invalid',
      FORTNOX_CLIENT_ID: CLIENT_ID,
      FORTNOX_CLIENT_SECRET: CLIENT_SECRET,
      FORTNOX_API_URL: fortnoxUrl,
      FORTNOX_AUTH_URL: fortnoxUrl,
      FORTNOX_STREAM_URL: `${fortnoxUrl.replace('http', 'ws')}${STREAM_PATH}`,
      WEBCRM_API_URL: webcrmUrl,
      POLL_INTERVAL_SECONDS: '86400',
    }),
    runtime,
    logger: pino(
      { level: 'debug' },
      {
        write(line: string) {
          log.push(line);
        },
      },
    ),
    encryptionKey: Buffer.alloc(32, 7),
    adminToken: 'a-token-of-the-administrator-of-tests',
    store: { ...store, jobs: { ...store.jobs, enqueue } },
  });
  const { admin, streamStateOf } = service.services;

  const until = async (what: string, holds: () => boolean | Promise<boolean>, withinMs: number): Promise<void> => {
    for (
      const end = runtime.now() + withinMs;
      !(await holds());
      await new Promise((resolve) => setTimeout(resolve, 10))
    )
      if (runtime.now() > end) throw new Error(`in vain: ${what}`);
  };
  const arrived = (id: string) =>
    hints.find((hint) => hint.id === id && hint.side === 'fortnox' && hint.priority === 0);

  try {
    const { tenant } = await admin.createTenant('Test');
    await admin.setWebcrmToken(tenant.id, webcrm.applicationToken);
    await admin.setFortnoxGrant(tenant.id, { grant: 'refresh_token', refreshToken: fortnox.issueRefreshToken() });
    await admin.connect(tenant.id);
    await service.start();
    await until('the stream stands', async () => (await streamStateOf(tenant.id)).notifications === 'stream', 20_000);

    const before = runtime.now();
    const number = fortnox.person.createCustomer({ Name: 'Lyktan AB' });
    await until('the first change', () => arrived(number) !== undefined, 5_000);
    const tookMs = (arrived(number)?.at ?? 0) - before;
    t.ok(tookMs < 1_000, `it took ${tookMs} ms`);
    await until('the organisation', () => webcrm.organisations().length === 1, 20_000);

    fortnox.stream.dropConnections();
    const missed = fortnox.person.createCustomer({ Name: 'Fyren AB' });
    await until('the cut is seen', async () => (await streamStateOf(tenant.id)).notifications === 'poll', 5_000);
    t.notOk(arrived(missed));
    await until('what was missed', () => arrived(missed) !== undefined, 20_000);
    t.equal((await streamStateOf(tenant.id)).notifications, 'stream');
    t.same(fortnox.violations, []);
    t.notMatch(log.join(''), /Bearer|access-\d|sandbox-secret/, 'no log line holds a token');
  } finally {
    const before = runtime.now();
    await service.stop();
    t.ok(runtime.now() - before < 9_000, 'the stop does not hang');
    await Promise.all(servers.map((server) => server.close()));
    await store.close();
  }
  t.same(fortnox.stream.connections(), []);
});
