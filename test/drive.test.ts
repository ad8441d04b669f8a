import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { CLIENT_ID, CLIENT_SECRET } from '../src/sandbox/fortnox/tokens.ts';

t.setTimeout(180_000);

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const TOKEN = 'a-token-of-the-administrator-0123456789';

/** The first of four ports in a row that are free at the moment. */
async function freePorts(): Promise<number> {
  const isFree = (port: number) =>
    new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
  for (let base = 20_000 + (process.pid % 20_000); ; base += 4)
    if ((await Promise.all([0, 1, 2, 3].map((offset) => isFree(base + offset)))).every(Boolean)) return base;
}

/** Starts a process of the project; resolves when its output shows the word. */
function start(script: string, env: NodeJS.ProcessEnv, ready: RegExp): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import=tsx', at(script)], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-5_000);
      if (ready.test(said)) resolve(child);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}: ${said}`)));
  });
}
const stop = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    child.removeAllListeners('exit');
    child.once('close', () => resolve());
    child.kill('SIGKILL');
  });

t.test('B1-B8 the whole way with curl alone, against real processes', async (t) => {
  const base = await freePorts();
  const url = (offset: number) => `http://127.0.0.1:${base + offset}`;
  const sandbox = await start('src/sandbox/main.ts', { SANDBOX_PORT: String(base) }, /settings\.documents\.items/);
  t.teardown(() => stop(sandbox));
  const service = await start(
    'src/server.ts',
    {
      PORT: String(base + 3),
      HOST: '127.0.0.1',
      PUBLIC_URL: url(3),
      DATA_DIR: t.testdir(),
      ADMIN_TOKEN: TOKEN,
      FORTNOX_CLIENT_ID: CLIENT_ID,
      FORTNOX_CLIENT_SECRET: CLIENT_SECRET,
      FORTNOX_API_URL: url(1),
      FORTNOX_AUTH_URL: url(1),
      WEBCRM_API_URL: url(2),
    },
    /Server listening/,
  );
  t.teardown(() => stop(service));
  const env = { PATH: process.env.PATH, SERVICE: url(3), SANDBOX: url(0), ADMIN_TOKEN: TOKEN };
  const { code, said } = await new Promise<{ code: unknown; said: string }>((resolve) => {
    execFile('bash', [at('scripts/drive.sh')], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, said: `${stdout}${stderr}` }),
    );
  });
  t.equal(code, 0, said);
  for (const sign of [
    /<code>connected<\/code>/,
    /connected\n/,
    /would create \w+/,
    /\d+ of \d+ done, 0 failed/,
    /Ogiltig parameter i anropet/,
    /1 retried/,
    /The record was created in Fortnox/,
    /erased: 1 pair, \d+ lines\nkept: 0 pairs, 0 lines/,
    /== Done/,
  ])
    t.match(said, sign);
  const violations = await Promise.all(
    ['fortnox', 'webcrm'].map(async (vendor) => (await fetch(`${url(0)}/control/${vendor}/violations`)).json()),
  );
  t.same(violations, [[], []], 'no call that a vendor would refuse');
});
