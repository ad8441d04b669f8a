import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pair } from '../../schemas/records.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { createFortnoxSandbox } from '../../src/sandbox/fortnox/index.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../../src/sandbox/fortnox/tokens.ts';
import { serveSandbox } from '../../src/sandbox/http-server.ts';
import { sandboxFetch } from '../../src/sandbox/in-process.ts';
import { createWebcrmSandbox } from '../../src/sandbox/webcrm/index.ts';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import { BLOCKS_END_MS, type Orders, type Said, type Told } from './protocol.ts';
import { runService } from './service.ts';

export interface Run {
  readonly code: number | null;
  readonly signal: string | null;
  /** In their order, each with how often it was taken: "pairs.replace#2". */
  readonly steps: readonly string[];
}

/** Both vendors in this process, and a folder for the service's store. */
export async function createWorld(entry: string) {
  let behindMs = BLOCKS_END_MS;
  const deps = { now: () => Date.now() - behindMs, random: () => Math.random(), notify: () => {} };
  const fortnox = createFortnoxSandbox(deps);
  const webcrm = createWebcrmSandbox(deps);
  const servers = {
    fortnox: await serveSandbox(fortnox, { host: '127.0.0.1', port: 0 }),
    webcrm: await serveSandbox(webcrm, { host: '127.0.0.1', port: 0 }),
  };
  const dataDir = await mkdtemp(join(tmpdir(), 'crash-'));
  const path = join(dataDir, 'crash.db');
  const credentials = {
    webcrmToken: webcrm.applicationToken,
    fortnoxRefreshToken: fortnox.issueRefreshToken(),
  };
  const env = {
    DATA_DIR: dataDir,
    FORTNOX_CLIENT_ID: CLIENT_ID,
    FORTNOX_CLIENT_SECRET: CLIENT_SECRET,
    FORTNOX_API_URL: servers.fortnox.url,
    FORTNOX_AUTH_URL: servers.fortnox.url,
    WEBCRM_API_URL: servers.webcrm.url,
    // A poll would take steps of its own.
    POLL_INTERVAL_SECONDS: '86400',
  };

  return {
    fortnox,
    webcrm,
    /** Starts the service in a process of its own; `begin` gives the hints once everything is prepared. */
    run(orders: Pick<Orders, 'settings' | 'prepare' | 'kill'>, begin: () => readonly Told[]): Promise<Run> {
      const all: Orders = { ...orders, ...credentials };
      const child = spawn(process.execPath, [entry], {
        env: { PATH: process.env.PATH ?? '', STORE: path, ...env, ORDERS: JSON.stringify(all) },
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      const steps: string[] = [];
      child.on('message', (said: Said) => {
        if (said.kind === 'step') return void steps.push(said.step);
        behindMs = 0;
        child.send(begin());
      });
      return new Promise((resolve, reject) => {
        child.on('error', reject);
        child.on('close', (code, signal) => resolve({ code, signal, steps }));
      });
    },
    /**
     * The new start, on the files that the killed process left. In this process, which spares half of the starts: what the
     * two share is the files alone.
     */
    async restart(
      hints: readonly Told[],
    ): Promise<{ left: readonly string[]; paused: string | null; pairs: readonly Pair[] }> {
      const fetch = sandboxFetch({ [servers.fortnox.url]: fortnox, [servers.webcrm.url]: webcrm });
      const store = createInlineStore(path);
      const { left, paused, pairs, stop } = await runService({
        runtime: { ...systemRuntime(), fetch },
        opened: store,
        store,
        env,
        orders: { ...credentials, settings: {}, prepare: [], kill: null },
        begin: async () => hints,
        consent: fortnox.issueRefreshToken,
      });
      await stop();
      await store.close();
      return { left, paused, pairs };
    },
    async close(): Promise<void> {
      for (const server of Object.values(servers)) await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
export type World = Awaited<ReturnType<typeof createWorld>>;
