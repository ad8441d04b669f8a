import { parseArgs } from 'node:util';
import { runHistory } from './run.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    story: { type: 'boolean', default: false },
  },
});
const [count, first] = [Number(values.count), Number(values.seed)];
if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(first)) {
  process.stderr.write('Use: npm run histories -- --count N --seed S [--story]\n');
  process.exit(2);
}

const total = { edits: 0, writes: 0, gapEdits: 0, failed: 0 };
for (let seed = first; seed < first + count; seed += 1) {
  const result = await runHistory(seed);
  total.edits += result.edits;
  total.writes += result.writes;
  total.gapEdits += result.gapEdits;
  if (values.story) process.stdout.write(`${result.story()}\n`);
  if (result.ok) continue;
  total.failed += 1;
  process.stdout.write(`Seed ${seed} fails:\n${result.problems.map((one) => `  ${one}\n`).join('')}`);
  process.stdout.write(`  Replay: npm run histories -- --count 1 --seed ${seed} --story\n`);
}
process.stdout.write(
  `${count} histories from seed ${first}: ${total.edits} edits by hand, ${total.writes} writes, ${total.gapEdits} values overrun in the gap, ${total.failed} failed\n`,
);
if (total.failed > 0) process.exitCode = 1;
