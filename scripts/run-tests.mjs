// Runs tap and closes with what failed and one plain line ('N passed, N failed'), so that any reader of the log's end sees both.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';

const report = '.tap/report.tap';
/** Lines of a failure's diagnosis that are shown again at the end; the whole stands in the report. */
const DIAGNOSIS_LINES = 24;
/** More failures than these have one cause, and the first ones tell it. */
const FAILURES_SHOWN = 20;

mkdirSync('.tap', { recursive: true });
if (existsSync(report)) rmSync(report);

const tap = spawn('node_modules/.bin/tap', ['run', `--output-file=${report}`, ...process.argv.slice(2)], {
  stdio: 'inherit',
});

tap.on('exit', (code) => {
  const lines = existsSync(report) ? readFileSync(report, 'utf8').split('\n') : [];
  let { passed, failed, skipped, failures } = read(lines);
  const nothingRan = passed + failed === 0;
  if (code !== 0 && failed === 0) failed += 1;
  for (const failure of failures.slice(0, FAILURES_SHOWN)) console.error(`\nFAILED ${failure.join('\n')}`);
  if (failures.length > FAILURES_SHOWN) console.error(`\nand ${failures.length - FAILURES_SHOWN} more: ${report}`);
  if (nothingRan) console.error('no test ran: that counts as a failure');
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = code !== 0 || nothingRan ? code || 1 : 0;
});

/** Assertions stand deepest; a line that closes a subtest ("ok 1 - name # time=") is not counted as one of its own. */
function read(lines) {
  const counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
  /** The names of the subtests that stand open, outermost first. */
  const open = [];
  for (const [index, line] of lines.entries()) {
    const subtest = /^(\s*)# Subtest: (.*)$/.exec(line);
    if (subtest) open.splice(subtest[1].length / 4, open.length, subtest[2]);
    const match = /^(\s*)(not ok|ok) \d+(.*)$/.exec(line);
    if (!match) continue;
    const [, indent, outcome, text] = match;
    if (/# (SKIP|TODO)/i.test(text)) counts.skipped += 1;
    else if (outcome === 'not ok') {
      const closes = text.includes('# time=');
      if (!closes) counts.failed += 1;
      // A process that died is told by its file's own line alone.
      if (!closes || indent === '') counts.failures.push(told(lines, index, open, indent));
    } else if (!text.includes('# time=')) counts.passed += 1;
  }
  return counts;
}

function told(lines, index, open, indent) {
  const end = lines.findIndex((line, at) => at > index && line.trim() === '...');
  const diagnosis = lines[index + 1]?.trim() === '---' ? lines.slice(index + 1, end) : [];
  const where = open.slice(0, indent.length / 4).join(' > ');
  return [`${where}: ${lines[index].trim()}`, ...diagnosis.slice(0, DIAGNOSIS_LINES)];
}
