import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../src/demo/free-port.ts';
import { sleep, systemRuntime } from '../../src/runtime.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/** Where data folders are made: on the project's disk, since a machine's folder for what is temporary may be its memory. */
export function dataFolder(): string {
  const parent = join(PROJECT, '.bench/data');
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, 'data-'));
}

/** Compiles the service as `npm run build` does, without the console; what did not change since the last time is left. Raises with the compiler's words. */
export function build(): void {
  const options = ['-p', 'tsconfig.build.json', '--incremental', '--tsBuildInfoFile', 'dist/.tsbuildinfo'];
  const { status, stdout } = spawnSync('npx', ['tsc', ...options], { cwd: PROJECT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the service could not be built: ${stdout}`);
}

/** One instance of the built service as a process of its own, which may die and be started again. */
export interface Process {
  readonly number: number;
  readonly url: () => string;
  /** Of the process, while there is one. */
  readonly pid: () => number;
  /** Its present life, as the store names it; null before it owns a tenant. */
  readonly word: () => string | null;
  /** Takes requests. */
  readonly isUp: () => boolean;
  /** Calls that it said to have ended after others held it for dead. */
  readonly late: () => number;
  start(): Promise<void>;
  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): Promise<void>;
}

/**
 * `given` is its data folder, which is then its maker's to remove. Its log lines are read unless `isLogRead` is false: they go to a file
 * then, so that reading them costs the machine nothing.
 */
export function createProcess(
  number: number,
  env: Readonly<Record<string, string>>,
  { folder: given, isLogRead = true }: { readonly folder?: string; readonly isLogRead?: boolean } = {},
): Process {
  const folder = given ?? dataFolder();
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
    pid() {
      if (child?.pid === undefined) throw new Error(`instance ${number} does not run`);
      return child.pid;
    },
    word: () => word,
    isUp: () => up,
    late: () => late,
    async start() {
      port = await freePort('127.0.0.1');
      word = null;
      const log = isLogRead ? null : openSync(join(folder, 'log'), 'a');
      child = spawn(process.execPath, [join(PROJECT, 'dist/src/server.js')], {
        env: { ...process.env, ...env, PORT: String(port), HOST: '127.0.0.1', DATA_DIR: folder, LOG_LEVEL: 'info' },
        stdio: ['ignore', log ?? 'pipe', 'inherit'],
      });
      const mine = child;
      if (log !== null) closeSync(log);
      if (mine.stdout !== null) createInterface({ input: mine.stdout }).on('line', read);
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
      if (signal === 'SIGTERM' && given === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
