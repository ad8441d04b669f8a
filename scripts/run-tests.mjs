// Runs tap and closes with one plain line ('N passed, N failed'), so that any reader of the log sees what ran.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';

const report = '.tap/report.tap';
mkdirSync('.tap', { recursive: true });
if (existsSync(report)) rmSync(report);

const tap = spawn('node_modules/.bin/tap', ['run', `--output-file=${report}`, ...process.argv.slice(2)], {
  stdio: 'inherit',
});

tap.on('exit', (code) => {
  const lines = existsSync(report) ? readFileSync(report, 'utf8').split('\n') : [];
  // Assertions stand deepest; a line that closes a subtest ("ok 1 - name # time=") is not counted as one of its own.
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  for (const line of lines) {
    const match = /^\s*(not ok|ok) \d+(.*)$/.exec(line);
    if (!match) continue;
    if (/# (SKIP|TODO)/i.test(match[2])) skipped += 1;
    else if (match[2].includes('# time=')) continue;
    else if (match[1] === 'ok') passed += 1;
    else failed += 1;
  }
  const nothingRan = passed + failed === 0;
  if (code !== 0 && failed === 0) failed += 1;
  if (nothingRan) console.error('no test ran: that counts as a failure');
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = code !== 0 || nothingRan ? code || 1 : 0;
});
