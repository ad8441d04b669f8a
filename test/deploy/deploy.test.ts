import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { parse, parseAllDocuments } from 'yaml';
import { ConfigError, readConfig } from '../../src/config.ts';
import { openWorld } from '../support/world.ts';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string): string => readFileSync(at(path), 'utf8');
type Obj = Readonly<Record<string, unknown>>;

interface ComposeService {
  readonly environment?: Readonly<Record<string, string>>;
  readonly read_only?: boolean;
  readonly security_opt?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: object;
  readonly depends_on?: Readonly<Record<string, { condition: string }>>;
  readonly stop_grace_period?: string;
}
const compose = parse(read('docker-compose.yml')) as {
  services: Readonly<Record<string, ComposeService>>;
  volumes: Obj;
};
const dockerfile = read('Dockerfile');
const kubernetes = parseAllDocuments(read('deploy/kubernetes.yaml')).map((doc) => doc.toJS() as Obj);

/** A value of the right form for each setting, as a person would set it. */
const PROPER: Readonly<Record<string, string>> = {
  PUBLIC_URL: 'https://sync.example.com',
  ADMIN_TOKEN: 'a'.repeat(24),
  ENCRYPTION_KEY: `${'A'.repeat(43)}=`,
  FORTNOX_CLIENT_ID: 'id',
  FORTNOX_CLIENT_SECRET: 'secret',
  MONGO_ROOT_PASSWORD: 'b'.repeat(48),
  MONGO_PASSWORD: 'c'.repeat(48),
  MONGO_KEY: 'd'.repeat(48),
  PORT: '3000',
  TRUST_PROXY: '172.16.0.0/12',
  LOG_LEVEL: 'info',
};
const SECRET = /PASSWORD|TOKEN|KEY|SECRET|CLIENT_ID/;
const VARIABLE = /\$\{(\w+)(:?[-?+])?([^}]*)\}/g;
const filled = (value: string): string => value.replace(VARIABLE, (_, name: string) => PROPER[name] ?? `no ${name}`);

/** Whether the service knows a setting by this name: it complains of a value with a blank, which only a folder may have. */
function isSetting(name: string): boolean {
  try {
    return readConfig({ [name]: 'a b' }).dataDir === 'a b';
  } catch (error) {
    return error instanceof ConfigError && error.faults.some((fault) => fault.startsWith(`${name} `));
  }
}

t.test('compose: no secret has a default, and whatever is missing is said', async (t) => {
  const text = read('docker-compose.yml');
  const used = [...text.matchAll(VARIABLE)].map(([, name = '', how = '', more = '']) => ({ name, how, more }));
  t.ok(used.length > 8);
  for (const { name, how, more } of used) {
    t.ok(name in PROPER, `${name} is known here`);
    if (!SECRET.test(name)) continue;
    t.equal(how, ':?', `${name} has no default`);
    t.match(more, /set it in \.env$/, `${name}: what to do`);
  }
  for (const [name, { environment = {} }] of Object.entries(compose.services))
    for (const [key, value] of Object.entries(environment))
      if (SECRET.test(key)) t.match(value, /\$\{\w+:\?/, `${name}: ${key} is nowhere written out`);

  const example = read('.env.example')
    .split('\n')
    .filter((line) => /^\w+=/.test(line))
    .map((line) => line.split('=') as [string, string]);
  t.strictSame(
    example.map(([name]) => name).sort(),
    [...new Set(used.map(({ name }) => name))].sort(),
    '.env.example has every variable, and no other',
  );
  for (const [name, value] of example) if (SECRET.test(name)) t.equal(value, '', `${name} is left to be filled in`);
});

t.test('compose: the service starts with these settings, on the database with authentication', async (t) => {
  const { sync, mongo, 'mongo-init': init } = compose.services;
  const environment = sync?.environment ?? {};
  for (const name of Object.keys(environment)) t.ok(isSetting(name), `${name} is a setting`);
  const config = readConfig(Object.fromEntries(Object.entries(environment).map(([k, v]) => [k, filled(v)])));
  t.equal(config.mongodbUrl, `mongodb://sync:${PROPER.MONGO_PASSWORD}@mongo:27017/sync?replicaSet=rs0`);
  t.equal(config.publicUrl, PROPER.PUBLIC_URL);
  t.match(JSON.stringify(mongo), /--replSet rs0 --keyFile/);
  t.ok(mongo?.healthcheck);
  t.match(
    JSON.stringify(mongo?.healthcheck),
    /mongo:27017/,
    'not the server that only fills a new database, on loopback',
  );
  t.equal(init?.depends_on?.mongo?.condition, 'service_healthy');
  t.equal(sync?.depends_on?.['mongo-init']?.condition, 'service_completed_successfully');
  for (const [name, service] of Object.entries(compose.services)) {
    t.equal(service.read_only, true, `${name}: its own files cannot be changed`);
    t.strictSame(service.security_opt, ['no-new-privileges:true']);
    for (const volume of service.volumes ?? []) {
      const [source = ''] = volume.split(':');
      t.ok(source.startsWith('.') ? existsSync(at(source)) : source in compose.volumes, `${name}: ${source} is there`);
    }
  }
  t.ok(Number.parseInt(sync?.stop_grace_period ?? '', 10) > 25, 'longer than a close takes');
  const script = read('deploy/mongo/init.js');
  for (const [, name = ''] of script.matchAll(/\b(MONGO_\w+)/g)) t.ok(name in (init?.environment ?? {}), name);
  t.match(script, /readWrite.*dbAdmin/);
});

t.test('Dockerfile: in stages, on Node 24, not as root, with all it copies', async (t) => {
  const lines = dockerfile.split('\n').filter((line) => /^[A-Z]+ /.test(line));
  const of = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  t.strictSame(
    of('FROM').map((from) => from.split(' ')[0]),
    ['node:24-bookworm-slim', 'node:24-bookworm-slim'],
  );
  t.match(of('USER').at(-1), /^[1-9]\d*:[1-9]\d*$/, 'not root, by number');
  t.ok(lines.findIndex((line) => line.startsWith('USER')) < lines.findIndex((line) => line.startsWith('CMD')));
  const admitted = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const copied = of('COPY')
    .filter((copy) => !copy.startsWith('--from'))
    .flatMap((copy) => copy.split(' ').slice(0, -1));
  t.strictSame(
    [...admitted].sort(),
    copied.map((source) => source.replace(/^\.\//, '')).sort(),
    '.dockerignore admits what is copied, and no more',
  );
  for (const source of copied) t.ok(existsSync(at(source)), source);
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  t.match(
    scripts.start,
    of('CMD')
      .map((cmd) => (JSON.parse(cmd) as string[]).at(-1))
      .at(-1) ?? 'none',
    'what npm start starts',
  );
  for (const [, name = ''] of of('ENV')
    .join(' ')
    .matchAll(/(\w+)=/g))
    t.ok(name === 'NODE_ENV' || isSetting(name), `${name} is a setting`);
  t.match(dockerfile, /HEALTHCHECK[\s\S]*\/health\/live/);
});

t.test(
  'Kubernetes: three instances, secrets by reference, not root, with probes that the service answers',
  async (t) => {
    const deployment = kubernetes.find((one) => one.kind === 'Deployment') as {
      spec: { replicas: number; template: { spec: Obj } };
    };
    const service = kubernetes.find((one) => one.kind === 'Service') as { spec: { ports: { targetPort: string }[] } };
    t.equal(deployment.spec.replicas, 3);
    const pod = deployment.spec.template.spec as {
      terminationGracePeriodSeconds: number;
      securityContext: Obj;
      volumes: { name: string }[];
      containers: {
        env: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[];
        ports: { name: string; containerPort: number }[];
        securityContext: Obj;
        volumeMounts: { name: string }[];
        startupProbe: { httpGet: { path: string; port: string } };
        livenessProbe: { httpGet: { path: string; port: string } };
        readinessProbe: { httpGet: { path: string; port: string } };
      }[];
    };
    t.ok(pod.terminationGracePeriodSeconds > 25, 'longer than a close takes');
    t.match(pod.securityContext, { runAsNonRoot: true, runAsUser: 1000 });
    const [container] = pod.containers;
    if (!container) throw new Error('there is no container');
    t.match(container.securityContext, { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
    for (const { name, value, valueFrom } of container.env) {
      t.ok(isSetting(name), `${name} is a setting`);
      if (!SECRET.test(name) && name !== 'MONGODB_URL') continue;
      t.equal(value, undefined, `${name} is not written out`);
      t.equal(valueFrom?.secretKeyRef.key, name);
      t.match(read('deploy/kubernetes.yaml'), new RegExp(`--from-literal=${name}=`), `how ${name} is made is said`);
    }
    t.strictSame(container.volumeMounts.map(({ name }) => name).sort(), pod.volumes.map(({ name }) => name).sort());
    t.equal(service.spec.ports[0]?.targetPort, container.ports[0]?.name);
    t.equal(container.ports[0]?.containerPort, 3000);

    const world = await openWorld();
    const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe];
    for (const { httpGet } of probes) {
      t.equal(httpGet.port, container.ports[0]?.name);
      t.equal((await world.inject({ url: httpGet.path })).statusCode, 200, httpGet.path);
    }
    await world.close();
  },
);
