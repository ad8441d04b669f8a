import t from 'tap';
import { runHistory } from './run.ts';

// About 40 s on an idle core; a busy machine takes several times that.
t.setTimeout(600_000);

const whole = (name: string, fallback: number): number => {
  const value = Number(process.env[name] ?? fallback);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} must be a whole number from 1 on`);
  return value;
};

t.test('R1 to R71: random histories over a bad line end in step, and nothing is lost unseen', async (t) => {
  const first = whole('HISTORIES_SEED', 1);
  const count = whole('HISTORIES_COUNT', 300);
  t.comment(`seeds ${first} to ${first + count - 1}; choose others with HISTORIES_SEED and HISTORIES_COUNT`);
  let edits = 0;
  let writes = 0;
  let gapEdits = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const result = await runHistory(seed);
    edits += result.edits;
    writes += result.writes;
    gapEdits += result.gapEdits;
    if (!result.ok) {
      t.fail(`seed ${seed}; replay: npm run histories -- --count 1 --seed ${seed} --story`, {
        problems: result.problems,
      });
    }
  }
  t.comment(`${edits} edits by hand, ${writes} writes, ${gapEdits} values overrun between a read and its write`);
  t.ok(edits >= 5 * count, 'people did something in every history');
  t.ok(writes > 0, 'the service wrote');
  t.ok(gapEdits <= edits / 50, 'few edits fall into the gap');
});

t.test('a history is the same each time it is played', async (t) => {
  const seed = whole('HISTORIES_SEED', 1);
  const [one, two] = [await runHistory(seed), await runHistory(seed)];
  t.equal(one.traceHash, two.traceHash);
  t.not(one.traceHash, (await runHistory(seed + 1)).traceHash);
});
