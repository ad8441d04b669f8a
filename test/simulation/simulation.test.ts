import t from 'tap';
import { playAll } from '../histories/pool.ts';
import { runHistory } from '../histories/run.ts';

t.setTimeout(900_000);

const whole = (name: string, fallback: number): number => {
  const value = Number(process.env[name] ?? fallback);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} must be a whole number from 1 on`);
  return value;
};

t.test('B1: faults of every kind and crashes at any await: nothing twice, nothing lost, no limit broken', async (t) => {
  const first = whole('SIMULATION_SEED', 1);
  const count = whole('SIMULATION_COUNT', 400);
  t.comment(`seeds ${first} to ${first + count - 1}; choose others with SIMULATION_SEED and SIMULATION_COUNT`);
  const total = await playAll({ first, count, jobs: 2, foul: true }, ({ seed, ok, problems }) => {
    if (ok) return;
    t.fail(`seed ${seed}; replay: npm run simulate -- --count 1 --seed ${seed} --story`, { problems });
  });
  t.comment(
    `${total.edits} edits by hand, ${total.writes} writes, ${total.documents} documents, ${total.deaths} processes killed`,
  );
  t.comment(`${total.gapEdits} values overrun between a read and its write`);
  t.equal(total.histories, count, 'every seed was played');
  t.ok(total.writes >= count, 'the service wrote');
  t.ok(total.documents >= count / 2, 'there were orders and invoices');
  t.ok(total.deaths >= count, 'processes were killed');
  t.ok(total.gapEdits <= total.edits / 50, 'few edits fall into the gap');
});

t.test('a seed is the same each time it is played', async (t) => {
  const first = whole('SIMULATION_SEED', 1);
  for (let seed = first; seed < first + 20; seed += 1) {
    const [one, two] = [await runHistory(seed, { foul: true }), await runHistory(seed, { foul: true })];
    t.equal(one.traceHash, two.traceHash, `seed ${seed}`);
  }
});
