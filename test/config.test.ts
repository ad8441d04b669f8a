import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { ownSecrets } from '../src/admin/data-dir.ts';
import { ConfigError, readConfig } from '../src/config.ts';
import { createVirtualRuntime } from './support/virtual-runtime.ts';

const faultsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
};

t.test('an empty environment gives the defaults; empty values count as unset', async (t) => {
  for (const env of [{}, { PORT: '', MONGODB_URL: ' ', ENCRYPTION_KEY: '' }]) {
    t.same(readConfig(env), {
      port: 3000,
      host: '0.0.0.0',
      publicUrl: 'http://localhost:3000',
      trustProxy: null,
      mongodbUrl: null,
      dataDir: './data',
      adminToken: null,
      encryptionKey: null,
      formerKeys: [],
      formerTokens: [],
      fortnox: {
        clientId: null,
        clientSecret: null,
        apiUrl: 'https://api.fortnox.se',
        authUrl: 'https://apps.fortnox.se',
        streamUrl: 'wss://ws.fortnox.se/topics-v1',
      },
      webcrm: { apiUrl: 'https://api.webcrm.com' },
      sandboxUrl: null,
      pollIntervalSeconds: 360,
      logLevel: 'info',
    });
  }
  t.equal(readConfig({ PORT: '8080' }).publicUrl, 'http://localhost:8080');
  t.equal(readConfig({ PUBLIC_URL: 'https://sync.example.com/' }).publicUrl, 'https://sync.example.com');
  t.equal(readConfig({ ENCRYPTION_KEY: Buffer.alloc(32, 3).toString('base64') }).encryptionKey?.length, 32);
  const keys = [3, 4, 5].map((byte) => Buffer.alloc(32, byte));
  const rolled = readConfig({ ENCRYPTION_KEY: keys.map((key) => key.toString('base64')).join(',') });
  const tokens = ['n'.repeat(24), 'o'.repeat(24)];
  const changed = readConfig({ ADMIN_TOKEN: tokens.join(',') });
  t.same([changed.adminToken, ...changed.formerTokens], tokens, 'B8 each of them counts');
  t.same([rolled.encryptionKey, ...rolled.formerKeys], keys, 'B8 the first seals, the others open');
  t.equal(readConfig({ WEBCRM_API_URL: 'http://127.0.0.1:4001/' }).webcrm.apiUrl, 'http://127.0.0.1:4001');
});

t.test('B7 the stream is off for another system, not for the default that is written out', async (t) => {
  const streamOf = (env: Record<string, string>) => readConfig(env).fortnox.streamUrl;
  for (const url of ['https://api.fortnox.se', 'https://api.fortnox.se/'])
    t.equal(streamOf({ FORTNOX_API_URL: url }), 'wss://ws.fortnox.se/topics-v1');
  t.equal(streamOf({ FORTNOX_API_URL: 'http://127.0.0.1:4001' }), null);
  t.equal(streamOf({ FORTNOX_STREAM_URL: '' }), null);
});

t.test('every fault is one clear line, and no value is repeated', async (t) => {
  const env = {
    PORT: '70000',
    PUBLIC_URL: 'ftp://x',
    MONGODB_URL: 'mongodb://user:secretword@db',
    ADMIN_TOKEN: 'secretword',
    ENCRYPTION_KEY: 'secretword',
    FORTNOX_CLIENT_SECRET: 'secretword',
    FORTNOX_STREAM_URL: 'https://x',
    TRUST_PROXY: 'everybody',
    WEBCRM_API_URL: 'https://user:secretword@x',
    POLL_INTERVAL_SECONDS: '0',
    LOG_LEVEL: 'loud',
  };
  const faults = faultsOf(env);
  t.same(faults.map((fault) => fault.split(' ')[0]).sort(), [
    'ADMIN_TOKEN',
    'ENCRYPTION_KEY',
    'FORTNOX_CLIENT_ID',
    'FORTNOX_STREAM_URL',
    'LOG_LEVEL',
    'MONGODB_URL',
    'POLL_INTERVAL_SECONDS',
    'PORT',
    'PUBLIC_URL',
    'TRUST_PROXY',
    'WEBCRM_API_URL',
  ]);
  t.notMatch(faults.join('\n'), /secretword/);
  t.match(
    faults.find((fault) => fault.startsWith('MONGODB_URL')),
    /names a database/,
  );
  const shared = { ADMIN_TOKEN: 'a'.repeat(24), ENCRYPTION_KEY: Buffer.alloc(32).toString('base64') };
  for (const url of ['mongodb://u:p@a:1,b:2/sync?replicaSet=r', 'mongodb+srv://h/sync'])
    t.equal(readConfig({ ...shared, MONGODB_URL: url }).mongodbUrl, url);
  for (const url of ['mongodb://h', 'mongodb://h/', 'http://h/sync', 'mongodb://h/a.b'])
    t.equal(faultsOf({ ...shared, MONGODB_URL: url }).length, 1, url);
  t.match(faultsOf({ MONGODB_URL: 'mongodb://h/sync' }), [/ENCRYPTION_KEY and ADMIN_TOKEN/], 'instances share them');
  for (const [name, value] of Object.entries({ PORT: '65536', POLL_INTERVAL_SECONDS: '86401' })) {
    t.equal(faultsOf({ [name]: value }).length, 1, name);
  }
  for (const proxies of ['10.0.0.0/8', '127.0.0.1,::1', 'loopback,uniquelocal', 'fd00::/8', '2001:db8::1'])
    t.equal(readConfig({ TRUST_PROXY: proxies }).trustProxy, proxies);
  for (const proxies of ['1', '256.0.0.1', '10.0.0.0/33', '10.0.0', 'fd00::/129', '10.0.0.1;10.0.0.2', 'true'])
    t.equal(faultsOf({ TRUST_PROXY: proxies }).length, 1, proxies);
  for (const port of ['0', '65535', '59999']) t.same(faultsOf({ PORT: port }), []);
  for (const seconds of ['1', '99', '86399', '86400', '79999'])
    t.same(faultsOf({ POLL_INTERVAL_SECONDS: seconds }), []);
});

t.test('B8 the key and the token are made once, for their owner only', async (t) => {
  const parent = await mkdtemp(join(tmpdir(), 'sync-data-'));
  t.teardown(() => rm(parent, { recursive: true }));
  const dataDir = join(parent, 'data');
  const runtime = createVirtualRuntime({ seed: 1, start: 0 });
  const config = readConfig({ DATA_DIR: dataDir });
  const first = await ownSecrets(config, runtime);
  const second = await ownSecrets(config, runtime);
  t.equal(first.encryptionKey.length, 32);
  t.same(second, { ...first, adminTokenIsNew: false });
  t.equal(first.adminTokenIsNew, true);
  for (const name of ['encryption.key', 'admin.token'])
    t.equal((await stat(join(dataDir, name))).mode & 0o777, 0o600, name);
  t.equal((await readFile(join(dataDir, 'admin.token'), 'utf8')).trim(), first.adminToken);
  await writeFile(join(dataDir, 'encryption.key'), 'short');
  await t.rejects(ownSecrets(config, runtime), /does not hold 32 bytes/);
});
