/** `npm run crash -- --times 20`: kills the service at each listed step so often, and says how often all was well. `--jobs` at once: 2; `--only` takes those whose name holds the text. */
import { parseArgs } from 'node:util';
import { buildChild } from './build.ts';
import { CASES, killAndRestart, nameOf } from './cases.ts';

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '20' },
    jobs: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
  },
});
const [times, jobs] = [Number(values.times), Number(values.jobs)];
if (![times, jobs].every((count) => Number.isInteger(count) && count > 0))
  throw new Error('--times and --jobs are whole numbers above 0');

const print = (text: string) => process.stdout.write(`${text}\n`);
const build = await buildChild();
const begun = Date.now();
const chosen = CASES.filter((one) => nameOf(one).includes(values.only));
if (chosen.length === 0) throw new Error(`no step or story is named ${values.only}`);
const all = Array.from({ length: times }, () => chosen).flat();
const waiting = all.values();
let played = 0;
let failed = 0;
await Promise.all(
  Array.from({ length: jobs }, async () => {
    for (const one of waiting) {
      const wrong = await killAndRestart(build.entry, one).catch((error: unknown) => [String(error)]);
      played += 1;
      if (wrong.length > 0) {
        failed += 1;
        print(`FAILED ${nameOf(one)}: ${wrong.join('; ')}`);
      }
      if (played % chosen.length === 0) print(`${played} of ${all.length}`);
    }
  }),
);
await build.remove();
const seconds = ((Date.now() - begun) / 1000).toFixed(0);
print(
  `${chosen.length} moments, before or after a step, ${times} times: ${played} kills in ${seconds} s, ${failed} with something wrong`,
);
process.exitCode = failed === 0 ? 0 : 1;
