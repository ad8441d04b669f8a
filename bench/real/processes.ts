import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../src/demo/free-port.ts';
import { sleep, systemRuntime } from '../../src/runtime.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/** Compiles the service as `npm run build` does, without the console. Raises with the compiler's words. */
export function build(): void {
  const { status, stdout } = spawnSync('npx', ['tsc', '-p', 'tsconfig.build.json'], { cwd: PROJECT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the service could not be built: ${stdout}`);
}

/** One instance of the built service as a process of its own, which may die and be started again. */
export interface Process {
  readonly number: number;
  readonly url: () => string;
  /** Its present life, as the store names it; null before it owns a tenant. */
  readonly word: () => string | null;
  /** Takes requests. */
  readonly isUp: () => boolean;
  /** Calls that it said to have ended after others held it for dead. */
  readonly late: () => number;
  start(): Promise<void>;
  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): Promise<void>;
}

export function createProcess(number: number, env: Readonly<Record<string, string>>): Process {
  const folder = mkdtempSync(join(tmpdir(), `instance-${number}-`));
  let child: ChildProcess | null = null;
  let port = 0;
  let word: string | null = null;
  let up = false;
  let late = 0;

  function read(line: string): void {
    if (!line.startsWith('{')) return;
    const entry = JSON.parse(line) as { msg: string; instance?: string; late?: number };
    if (entry.msg === 'tenants are taken over') word = entry.instance ?? null;
    if (entry.late !== undefined) late += 1;
  }

  async function answers(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${port}/health/live`)).ok;
    } catch {
      return false;
    }
  }

  return {
    number,
    url: () => `http://127.0.0.1:${port}`,
    word: () => word,
    isUp: () => up,
    late: () => late,
    async start() {
      port = await freePort('127.0.0.1');
      word = null;
      child = spawn(process.execPath, [join(PROJECT, 'dist/src/server.js')], {
        env: { ...process.env, ...env, PORT: String(port), HOST: '127.0.0.1', DATA_DIR: folder, LOG_LEVEL: 'info' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const mine = child;
      createInterface({ input: mine.stdout as NodeJS.ReadableStream }).on('line', read);
      for (const end = Date.now() + 60_000; !(await answers()); await sleep(systemRuntime(), 100))
        if (Date.now() > end || mine.exitCode !== null) throw new Error(`instance ${number} did not start`);
      up = true;
    },
    async kill(signal) {
      up = signal === 'SIGCONT';
      const mine = child;
      if (mine === null || mine.exitCode !== null || mine.signalCode !== null) return;
      const ended = new Promise<void>((resolve) => mine.once('close', () => resolve()));
      mine.kill(signal);
      if (signal === 'SIGSTOP' || signal === 'SIGCONT') return;
      await ended;
      if (signal === 'SIGTERM') rmSync(folder, { recursive: true, force: true });
    },
  };
}
