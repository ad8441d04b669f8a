import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';

export interface Running {
  /** The address of a database on it. */
  url(database: string): string;
  /** Where it listens; null for one that we did not start. */
  readonly port: number | null;
  stop(): Promise<void>;
}
export interface TestServer {
  readonly name: string;
  /** Why it cannot be had here; undefined when it can. */
  readonly missing: string | undefined;
  /** Why no proxy can be put before it; left out where it can. */
  readonly apart?: string | undefined;
  start(): Promise<Running>;
}

const CACHE =
  process.env.MONGO_SERVERS_DIR ??
  fileURLToPath(new URL('../../../node_modules/.cache/mongo-servers', import.meta.url));

/** A port that is free now. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });

/** Waits until the server answers; the driver looks again by itself. */
async function answered(url: string): Promise<void> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 30_000 });
  try {
    await client.db('admin').command({ ping: 1 });
  } finally {
    await client.close();
  }
}

/** Memory-backed where there is such a folder: a disk that is shared by all tests would be what is measured. */
const DATA = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

interface Own {
  readonly name: string;
  /** Its program, in the cache. */
  readonly file: string;
  /** Why it cannot be had where the program is not. */
  readonly missing: string;
  args(port: number, folder: string): readonly string[];
  /** What must be done once it listens. */
  prepare?(port: number): Promise<void>;
}

/** A server of ours, each start on a port and a folder of its own. */
function own({ name, file, missing, args, prepare }: Own): TestServer {
  const path = join(CACHE, file);
  return {
    name,
    missing: existsSync(path) ? undefined : missing,
    async start() {
      const port = await freePort();
      const folder = mkdtempSync(join(DATA, `${name}-`));
      const child = spawn(path, args(port, folder), { stdio: ['ignore', 'ignore', 'ignore'], cwd: folder });
      const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
      const kill = () => void child.kill('SIGKILL');
      process.once('exit', kill);
      const url = (database: string) => `mongodb://127.0.0.1:${port}/${database}`;
      const stop = async () => {
        kill();
        await ended;
        process.off('exit', kill);
        rmSync(folder, { recursive: true, force: true });
      };
      try {
        await prepare?.(port);
        await answered(url('admin'));
      } catch (error) {
        await stop();
        throw error;
      }
      return { url, port, stop };
    },
  };
}

const SMALL = ['--log-level', 'ERROR', '--cache-size', '256M', '--log-file-max', '64MB'];
const secantusdb = (name: string, file: string, missing: string, ...more: string[]): TestServer =>
  own({
    name,
    file,
    missing,
    args: (port, folder) => [
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--storage-path',
      folder,
      ...SMALL,
      ...more,
    ],
  });

/** MongoDB itself, as a replica set of one. */
const mongod = own({
  name: 'mongod',
  file: 'mongod/mongod',
  missing: 'there is no mongod: run scripts/mongo-servers/mongod.sh, which looks for one',
  args: (port, folder) =>
    `--replSet rs0 --bind_ip 127.0.0.1 --port ${port} --dbpath ${folder} --wiredTigerCacheSizeGB 0.25 --nounixsocket`.split(
      ' ',
    ),
  async prepare(port) {
    const host = `127.0.0.1:${port}`;
    const client = new MongoClient(`mongodb://${host}/?directConnection=true`);
    try {
      await client.db('admin').command({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host }] } });
    } finally {
      await client.close();
    }
  },
});

const GIVEN = process.env.MONGODB_TEST_URL;
const HERE = /^mongodb:\/\/(?:127\.0\.0\.1|localhost)(?::(\d+))?(?:[/?]|$)/;

/** The server that MONGODB_TEST_URL names: its databases named `test-...` are ours to make and to drop. */
const named: TestServer = {
  name: 'MONGODB_TEST_URL',
  missing: GIVEN ? undefined : 'MONGODB_TEST_URL names no server',
  apart:
    GIVEN && !HERE.test(GIVEN) ? 'a proxy goes before one server of this machine that wants no password' : undefined,
  async start() {
    const [, server = '', options = ''] = /^(\w+(?:\+srv)?:\/\/[^/?]+)[^?]*(.*)$/.exec(GIVEN ?? '') ?? [];
    const url = (database: string) => `${server}/test-${database}${options}`;
    await answered(url('admin'));
    const port = HERE.exec(GIVEN ?? '');
    return { url, port: port && Number(port[1] ?? 27017), stop: async () => {} };
  },
};

const WHEEL = 'secantusdb/bin/secantusd-rs';
const NO_WHEEL = 'SecantusDB is not installed: run scripts/mongo-servers/secantusdb.sh';
const CRATE = 'secantusdb-newest/bin/secantusd-rs';
const NO_CRATE =
  'its newest build is not there: run scripts/mongo-servers/secantusdb-newest.sh, which compiles for minutes';

/**
 * Every server that the tests know, real ones first. The newest build has fewer gaps (gaps.ts) but must be compiled; the
 * wheel has a ready one.
 */
export const SERVERS: readonly TestServer[] = [
  named,
  mongod,
  secantusdb('secantusdb-newest', CRATE, NO_CRATE),
  secantusdb('secantusdb-newest-standalone', CRATE, NO_CRATE, '--standalone'),
  secantusdb('secantusdb', WHEEL, NO_WHEEL),
  secantusdb('secantusdb-standalone', WHEEL, NO_WHEEL, '--standalone'),
];

const asked = process.env.MONGO_TEST_SERVER;

/** The servers on which a file runs: all that it names, or the one that MONGO_TEST_SERVER names if it is among them. */
export const serversFor = (...names: readonly string[]): TestServer[] =>
  names.filter((name) => asked === undefined || name === asked).map(serverOf);

/** Those that do not: it repeats nothing there. */
export const SINGLE_SERVERS = ['secantusdb-newest-standalone', 'secantusdb-standalone'] as const;

/** Those that look like a member of a replica set, so that the driver repeats what it got no answer to. */
export const REPLICA_SETS = ['MONGODB_TEST_URL', 'mongod', 'secantusdb-newest', 'secantusdb'] as const;

export function serverOf(name: string): TestServer {
  const server = SERVERS.find((known) => known.name === name);
  if (!server) throw new Error(`there is no server ${name}`);
  return server;
}
