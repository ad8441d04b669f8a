import t from 'tap';
import { buildChild } from './build.ts';
import { everything, linesOf, rowsOf, STORIES } from './scenarios.ts';
import { type Scenario, STEPS } from './steps.ts';
import { createWorld, type World } from './world.ts';

type Checks = Pick<typeof t, 'equal' | 'strictSame'>;
type Case = { readonly scenario: Scenario; readonly step: string; readonly moment: 'before' | 'after' };

const SCENARIOS = Object.keys(STEPS) as Scenario[];
const MOMENTS = ['before', 'after'] as const;
const CASES: readonly Case[] = SCENARIOS.flatMap((scenario) =>
  STEPS[scenario].flatMap((step) => MOMENTS.map((moment) => ({ scenario, step, moment }))),
);
/** Leaves nothing behind that a kill could lose. */
const READS = /^GET |\.(get|list|by\w+|open\w+|has|waitingFor|counts|nextDue)$/;
/** Blocks of the budget are recorded as the clock goes, in one run here and in another there; test/queue/slot-record.test.ts has restarts. */
const BY_CLOCK = /^fenced\.put$/;
const numbered = (step: string): string => (step.includes('#') ? step : `${step}#1`);
const plain = (step: string): string => step.replace(/#\d+$/, '');

function check(t: Checks, scenario: Scenario, world: World): void {
  const { fortnox, webcrm } = world;
  const { end } = STORIES[scenario];
  const [customer, ...otherCustomers] = fortnox.customers();
  const [organisation, ...otherOrganisations] = webcrm.organisations();
  t.strictSame([otherCustomers, otherOrganisations], [[], []], 'one customer on each side');
  t.equal(organisation?.OrganisationCustom1, customer?.CustomerNumber, 'both bear the same number');
  const documents = [...fortnox.orders(), ...fortnox.invoices()];
  const deliveries = webcrm.deliveries();
  t.equal(fortnox.orders().length, end.orders, 'orders');
  t.equal(fortnox.invoices().length, end.invoices, 'invoices');
  t.equal(deliveries.length, end.orders + end.invoices, 'deliveries');
  for (const document of documents) t.strictSame(rowsOf(document), end.rows, 'rows of the document');
  for (const { DeliveryId } of deliveries) t.strictSame(linesOf(world, Number(DeliveryId)), end.rows, 'lines');
  t.strictSame(
    deliveries.map(({ DeliveryNumber }) => DeliveryNumber),
    documents.map(({ DocumentNumber }) => DocumentNumber),
    'the delivery shows the number',
  );
  t.strictSame([...fortnox.violations, ...webcrm.violations], [], 'no call that a vendor would refuse or regret');
}

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
    check(t, scenario, world);
    const missing = STEPS[scenario].filter((step) => !steps.includes(numbered(step)));
    t.strictSame(missing, [], `${scenario}: each is taken`);
    for (const step of steps) if (!READS.test(plain(step)) && !BY_CLOCK.test(plain(step))) taken.add(plain(step));
    await world.close();
  }
  const killed = new Set(CASES.map(({ step }) => plain(step)));
  t.strictSame([...taken].sort(), [...killed].sort());
});

for (const { scenario, step, moment } of CASES) {
  t.test(
    `R22 T3 SIGKILL ${moment} ${step} (${scenario}): both sides hold one of each`,
    { buffered: true },
    async (t) => {
      const world = await createWorld(build.entry);
      t.teardown(world.close);
      const { settings, prepare, begin } = STORIES[scenario];
      let hints: ReturnType<typeof begin> = [];
      const kill = { step: numbered(step), moment };
      const killed = await world.run({ settings, prepare: prepare(world), kill }, () => {
        hints = begin(world);
        return hints;
      });
      t.equal(killed.signal, 'SIGKILL', 'the step was reached');
      // A vendor sends a notification again until it is acknowledged.
      const after = await world.restart([...hints, ...everything(world)]);
      t.equal(after.left, 0, 'the new start has nothing left to do');
      t.strictSame(
        after.pairs.filter(({ state }) => state !== 'linked'),
        [],
        'all pairs are linked',
      );
      check(t, scenario, world);
    },
  );
}
