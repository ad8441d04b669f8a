import { parseArgs } from 'node:util';
import { commandOf, playAll, replayOf } from './pool.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '1' },
    story: { type: 'boolean', default: false },
    foul: { type: 'boolean', default: false },
    twice: { type: 'boolean', default: false },
  },
});
const [count, first, jobs] = [Number(values.count), Number(values.seed), Number(values.jobs)];
if (![count, first, jobs].every((one) => Number.isSafeInteger(one) && one > 0)) {
  process.stderr.write(`Use: ${commandOf(values.foul)} -- --count N --seed S [--jobs 2] [--twice] [--story]\n`);
  process.exit(2);
}

const TOLD_EACH = 2_000;
let played = 0;
const started = process.hrtime.bigint();
const total = await playAll(
  { first, count, jobs, story: values.story, foul: values.foul, twice: values.twice },
  ({ seed, ok, problems, story }) => {
    played += 1;
    if (played % TOLD_EACH === 0 && played < count) process.stdout.write(`${played} of ${count}\n`);
    if (values.story) process.stdout.write(`${story}\n`);
    if (ok) return;
    process.stdout.write(`Seed ${seed} fails:\n${problems.map((one) => `  ${one}\n`).join('')}`);
    process.stdout.write(`  Replay: ${replayOf(seed, values.foul)}\n`);
  },
);
const ms = Number((process.hrtime.bigint() - started) / 1_000_000n);
process.stdout.write(
  `${total.histories} histories from seed ${first}: ${total.edits} edits by hand, ${total.writes} writes, ${total.documents} documents, ` +
    `${total.gapEdits} values overrun in the gap, ${total.lostRaces} lost races, ${total.deaths} processes killed, ${total.failed} failed; ${Math.round(ms / count)} ms each\n`,
);
if (total.failed > 0) process.exitCode = 1;
