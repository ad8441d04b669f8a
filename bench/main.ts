/**
 * Runs the benches and shows their figures.
 * `npm run bench` the short form of all, once each; `npm run bench -- budget hooks` only these;
 * `-- --full --runs 3` as the goals are stated; `--seed 1` the first seed; `--beside "..."` what else ran, for the history;
 * `--strict` ends with code 1 when a goal is missed.
 */
import { parseArgs } from 'node:util';
import PQueue from 'p-queue';
import { type Bench, isMet } from './frame/bench.ts';
import { keep } from './frame/history.ts';
import { describeMachine } from './frame/machine.ts';
import { type Result, summarise, table } from './frame/result.ts';
import { runAll } from './frame/run.ts';
import { SUITE } from './suite.ts';

const print = (text: string) => process.stdout.write(`${text}\n`);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    full: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
    runs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    beside: { type: 'string' },
  },
});
const unknown = positionals.filter((name) => !SUITE.some((bench) => bench.name === name));
const runs = Number(values.runs ?? (values.full ? 3 : 1));
const first = Number(values.seed);
if (unknown.length > 0 || !Number.isInteger(runs) || runs < 1 || !Number.isInteger(first)) {
  const names = SUITE.map(({ name, about }) => `  ${name.padEnd(11)} ${about}`).join('\n');
  process.stderr.write(
    `Usage: npm run bench -- [name ...] [--full] [--runs n] [--seed n] [--beside text] [--strict]\n${names}\n`,
  );
  process.exit(2);
}

const machine = describeMachine();
const versions = Object.entries(machine.versions).map((pair) => pair.join(' '));
print(
  `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}, commit ${machine.commit}`,
);
print(`${versions.join(', ')}\n`);

let missed = 0;
let failed = 0;

async function measure(bench: Bench): Promise<void> {
  const begun = Date.now();
  const seeds = Array.from({ length: runs }, (_, run) => first + run);
  try {
    const { figures, load } = await runAll(bench, values.full, seeds);
    const result: Result = {
      at: new Date(begun).toISOString(),
      bench: bench.name,
      full: values.full,
      seeds,
      machine,
      load,
      beside: values.beside ?? null,
      seconds: (Date.now() - begun) / 1000,
      figures: summarise(figures),
    };
    keep(result);
    missed += result.figures.filter((figure) => !isMet({ ...figure, value: figure.worst })).length;
    print(`${table(bench, result)}\n`);
  } catch (error) {
    failed += 1;
    print(`${bench.name}: not measured: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}

const chosen = SUITE.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
// Simulated time does not mind company; real time is measured alone.
const virtual = new PQueue({ concurrency: machine.cores });
await virtual.addAll(chosen.filter(({ clock }) => clock === 'virtual').map((bench) => () => measure(bench)));
for (const bench of chosen.filter(({ clock }) => clock === 'real')) await measure(bench);
print(`${missed} goals missed, ${failed} benches failed`);
process.exitCode = failed > 0 || (values.strict && missed > 0) ? 1 : 0;
