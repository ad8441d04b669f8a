import t from 'tap';
import { runHistory } from '../histories/run.ts';
import { chosenSeeds } from '../histories/seeds.ts';
import { installLightFetch } from '../support/light-fetch.ts';

t.setTimeout(900_000);

const seeds = chosenSeeds({ name: 'SIMULATION', count: 400, foul: true });

t.test('B1: faults of every kind and crashes at any await: nothing twice, nothing lost, no limit broken', async (t) => {
  const total = await seeds.play(t);
  t.comment(
    `${total.edits} edits by hand, ${total.writes} writes, ${total.documents} documents, ${total.deaths} processes killed`,
  );
  t.comment(`${total.gapEdits} values overrun between a read and its write`);
  t.equal(total.histories, seeds.count, 'every seed was played');
  t.ok(total.writes >= seeds.count, 'the service wrote');
  t.ok(total.documents >= seeds.count / 2, 'there were orders and invoices');
  t.ok(total.deaths >= seeds.count, 'processes were killed');
  t.ok(total.gapEdits <= total.edits / 50, 'few edits fall into the gap');
});

t.test('a seed is the same each time it is played, in whatever process', async (t) => {
  installLightFetch();
  for (let seed = seeds.first; seed < seeds.first + Math.min(20, seeds.count); seed += 1)
    t.equal((await runHistory(seed, { foul: true })).traceHash, seeds.hashes.get(seed), `seed ${seed}`);
});
