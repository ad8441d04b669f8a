import t from 'tap';
import { installLightFetch } from '../support/light-fetch.ts';
import { runHistory } from './run.ts';
import { chosenSeeds } from './seeds.ts';

// About 100 s on two idle cores; a busy machine takes several times that.
t.setTimeout(900_000);

const seeds = chosenSeeds({ name: 'HISTORIES', count: 1_000, foul: false });

t.test('R1 to R71: random histories over a bad line end in step, and nothing is lost unseen', async (t) => {
  const total = await seeds.play(t);
  t.comment(`${total.edits} edits by hand, ${total.writes} writes, ${total.documents} documents`);
  t.comment(`${total.gapEdits} values overrun between a read and its write, ${total.lostRaces} lost races`);
  t.equal(total.histories, seeds.count, 'every history was played');
  t.ok(total.edits >= 5 * seeds.count, 'people did something in every history');
  t.ok(total.writes >= seeds.count, 'the service wrote');
  t.ok(total.documents >= seeds.count, 'there were orders and invoices');
  t.ok(total.gapEdits <= total.edits / 50, 'few edits fall into the gap');
});

t.test('a history is the same each time it is played, in whatever process', async (t) => {
  installLightFetch();
  const one = await runHistory(seeds.first);
  t.equal(one.traceHash, seeds.hashes.get(seeds.first));
  t.not(one.traceHash, (await runHistory(seeds.first + 1)).traceHash);
});
