// Runs the tests, each file in a process of its own, and closes with what failed and one plain line ('N passed, N failed'), so
// that any reader of the log's end sees both. Usage: node scripts/tests/main.mjs [test/a.test.ts ...]; without files: all.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { bundleTests } from './bundle.mjs';
import { runFile } from './process.mjs';
import { readReport } from './report.mjs';

const BUILD = '.tap/build';
/** All that the files said, one after the other, as TAP. */
const REPORT = '.tap/report.tap';
/** Files at a time: while one waits for a socket or a disk, the other works. */
const JOBS = Number(process.env.TEST_JOBS ?? 2);
/** These share their work out over two processes themselves. */
const ALONE = new Set(['test/histories/histories.test.ts', 'test/simulation/simulation.test.ts']);
/** More failures than these have one cause, and the first ones tell it. */
const FAILURES_SHOWN = 20;

const chosen = process.argv.slice(2);
const files = (chosen.length > 0 ? chosen : allTests()).toSorted();
mkdirSync('.tap', { recursive: true });
rmSync(REPORT, { force: true });
const bundles = await bundleTests(files, BUILD);

const results = [];
const waiting = files.filter((file) => !ALONE.has(file));
await Promise.all(Array.from({ length: JOBS }, worker));
for (const file of files.filter((file) => ALONE.has(file))) await run(file);
close();

function allTests() {
  return readdirSync('test', { recursive: true })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => `test/${path}`);
}

async function worker() {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) await run(file);
}

async function run(file) {
  const { text, fault, seconds } = await runFile(bundles.get(file));
  writeFileSync(REPORT, `# File: ${file}\n${text}\n`, { flag: 'a' });
  const result = readReport(file, text, fault);
  results.push(result);
  const { passed, failed, skips, notes } = result;
  console.log(`${failed > 0 ? 'FAILED' : 'ok'} ${file}: ${passed} passed, ${failed} failed, ${seconds.toFixed(1)} s`);
  for (const { name, reason } of skips) console.log(`  skipped: ${name}: ${reason}`);
  for (const note of notes) console.log(`  ${note}`);
}

function close() {
  const failures = results.flatMap((result) => result.failures);
  for (const failure of failures.slice(0, FAILURES_SHOWN)) console.error(`\nFAILED ${failure.join('\n')}`);
  if (failures.length > FAILURES_SHOWN) console.error(`\nand ${failures.length - FAILURES_SHOWN} more: ${REPORT}`);
  const sum = (count) => results.reduce((total, result) => total + count(result), 0);
  const passed = sum((result) => result.passed);
  const failed = sum((result) => result.failed);
  const skipped = sum((result) => result.skips.length);
  if (passed + failed === 0) console.error('no test ran: that counts as a failure');
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
