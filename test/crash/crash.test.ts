import t from 'tap';
import { buildChild } from './build.ts';
import { CASES, killAndRestart, nameOf, numbered, SCENARIOS, wrongIn } from './cases.ts';
import { STORIES } from './scenarios.ts';
import { STEPS } from './steps.ts';
import { createWorld } from './world.ts';

/** Leaves nothing behind that a kill could lose. */
const READS = /^GET |\.(get|list|by\w+|open\w+|has|any|waitingFor|counts|nextDue)$/;
const plain = (step: string): string => step.replace(/#\d+$/, '');

const build = await buildChild();
t.teardown(build.remove);
t.setTimeout(580_000);
t.jobs = 3;

t.test('R22 the steps that are killed at are all that the service takes', { buffered: true }, async (t) => {
  const taken = new Set<string>();
  for (const scenario of SCENARIOS) {
    const world = await createWorld(build.entry);
    const story = STORIES[scenario];
    const prepare = story.prepare(world);
    const { code, steps } = await world.run({ settings: story.settings, prepare, kill: null }, () =>
      story.begin(world),
    );
    t.equal(code, 0, scenario);
    t.strictSame(wrongIn(scenario, world), [], scenario);
    const missing = STEPS[scenario].filter((step) => !steps.includes(numbered(step)));
    t.strictSame(missing, [], `${scenario}: each is taken`);
    for (const step of steps) if (!READS.test(plain(step))) taken.add(plain(step));
    await world.close();
  }
  const killed = new Set(CASES.map(({ step }) => plain(step)));
  t.strictSame([...taken].sort(), [...killed].sort());
});

for (const one of CASES)
  t.test(`R22 T3 ${nameOf(one)}: both sides hold one of each`, { buffered: true }, async (t) => {
    t.strictSame(await killAndRestart(build.entry, one), []);
  });
