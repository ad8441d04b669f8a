import t from 'tap';
import { playAll } from './pool.ts';
import { runHistory } from './run.ts';

// About 100 s on two idle cores; a busy machine takes several times that.
t.setTimeout(900_000);

const whole = (name: string, fallback: number): number => {
  const value = Number(process.env[name] ?? fallback);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} must be a whole number from 1 on`);
  return value;
};

t.test('R1 to R71: random histories over a bad line end in step, and nothing is lost unseen', async (t) => {
  const first = whole('HISTORIES_SEED', 1);
  const count = whole('HISTORIES_COUNT', 1_000);
  t.comment(`seeds ${first} to ${first + count - 1}; choose others with HISTORIES_SEED and HISTORIES_COUNT`);
  const total = await playAll({ first, count, jobs: 2 }, ({ seed, ok, problems }) => {
    if (ok) return;
    t.fail(`seed ${seed}; replay: npm run histories -- --count 1 --seed ${seed} --story`, { problems });
  });
  t.comment(`${total.edits} edits by hand, ${total.writes} writes, ${total.documents} documents`);
  t.comment(`${total.gapEdits} values overrun between a read and its write, ${total.lostRaces} lost races`);
  t.equal(total.histories, count, 'every history was played');
  t.ok(total.edits >= 5 * count, 'people did something in every history');
  t.ok(total.writes >= count, 'the service wrote');
  t.ok(total.documents >= count, 'there were orders and invoices');
  t.ok(total.gapEdits <= total.edits / 50, 'few edits fall into the gap');
});

t.test('a history is the same each time it is played', async (t) => {
  const seed = whole('HISTORIES_SEED', 1);
  const [one, two] = [await runHistory(seed), await runHistory(seed)];
  t.equal(one.traceHash, two.traceHash);
  t.not(one.traceHash, (await runHistory(seed + 1)).traceHash);
});
