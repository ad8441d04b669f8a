// What the checks share that bring tools of their own.
import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A folder for tools that is kept between runs and clones: `npm ci` empties node_modules. */
export const cached = (name) =>
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'webcrm-fortnox-sync', name);

/** Runs a command to its end; `code` is null when it could not be started or took longer than `timeout`. */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.on('error', (error) => resolve({ code: null, stdout, stderr: error.message }));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
