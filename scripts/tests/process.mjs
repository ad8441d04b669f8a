import { spawn } from 'node:child_process';

/** Unless a file asks for more by `t.setTimeout`. */
const LIMIT_S = 600;
/** What a file may ask for at most. */
const LONGEST_MS = 1_800_000;

/** Runs one test file. Gives what it said as TAP, how long it took, and what was wrong with its process (null: nothing). */
export function runFile(path) {
  const begun = performance.now();
  // tap's own time limit counts within the process and says which test was late, or that something was left open.
  const env = { ...process.env, TAP_TIMEOUT: String(LIMIT_S) };
  const child = spawn(process.execPath, ['--enable-source-maps', path], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks = [];
  let fault = null;
  const longest = setTimeout(() => {
    fault = `it did not end within ${LONGEST_MS / 60_000} minutes`;
    child.kill('SIGKILL');
  }, LONGEST_MS);
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  return new Promise((resolve) => {
    child.on('error', (error) => {
      fault = error.message;
    });
    child.on('close', (code, signal) => {
      clearTimeout(longest);
      if (code !== 0) fault ??= signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`;
      resolve({ text: Buffer.concat(chunks).toString(), fault, seconds: (performance.now() - begun) / 1000 });
    });
  });
}
