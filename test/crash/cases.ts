import { everything, linesOf, rowsOf, STORIES } from './scenarios.ts';
import { type Scenario, STEPS } from './steps.ts';
import { createWorld, type World } from './world.ts';

/** One kill. */
export interface Case {
  readonly scenario: Scenario;
  readonly step: string;
  readonly moment: 'before' | 'after';
}

export const SCENARIOS = Object.keys(STEPS) as Scenario[];
const MOMENTS = ['before', 'after'] as const;
export const CASES: readonly Case[] = SCENARIOS.flatMap((scenario) =>
  STEPS[scenario].flatMap((step) => MOMENTS.map((moment) => ({ scenario, step, moment }))),
);

export const numbered = (step: string): string => (step.includes('#') ? step : `${step}#1`);
export const nameOf = ({ scenario, step, moment }: Case): string => `SIGKILL ${moment} ${step} (${scenario})`;

/** What is not as it should be once the story is told; nothing as a rule. */
export function wrongIn(scenario: Scenario, world: World): string[] {
  const wrong: string[] = [];
  const expect = (what: string, found: unknown, wanted: unknown) => {
    const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)];
    if (one !== other) wrong.push(`${what}: ${one} instead of ${other}`);
  };
  const { fortnox, webcrm } = world;
  const { end } = STORIES[scenario];
  const [customer, ...otherCustomers] = fortnox.customers();
  const [organisation, ...otherOrganisations] = webcrm.organisations();
  expect('more than one customer or organisation', [otherCustomers, otherOrganisations], [[], []]);
  expect('the number in webCRM', organisation?.OrganisationCustom1, customer?.CustomerNumber);
  const documents = [...fortnox.orders(), ...fortnox.invoices()];
  const deliveries = webcrm.deliveries();
  expect('orders', fortnox.orders().length, end.orders);
  expect('invoices', fortnox.invoices().length, end.invoices);
  expect('deliveries', deliveries.length, end.orders + end.invoices);
  for (const document of documents) expect('rows of the document', rowsOf(document), end.rows);
  for (const { DeliveryId } of deliveries) expect('lines', linesOf(world, Number(DeliveryId)), end.rows);
  expect(
    'the numbers that deliveries show',
    deliveries.map(({ DeliveryNumber }) => DeliveryNumber),
    documents.map(({ DocumentNumber }) => DocumentNumber),
  );
  expect('items of the register', webcrm.items().length, end.items ?? 0);
  expect('calls that a vendor would refuse or regret', [...fortnox.violations, ...webcrm.violations], []);
  return wrong;
}

/** The token that Fortnox gave is lost with the process, and the one that it was given for is used: only a person can help, and is told. */
const isTokenLost = ({ step, moment }: Case): boolean =>
  (step === 'POST /oauth-v1/token' && moment === 'after') || (step === 'secrets.replace' && moment === 'before');

/** Kills the service at the step, starts it again, and gives what is wrong then. */
export async function killAndRestart(entry: string, one: Case): Promise<string[]> {
  const { scenario, step, moment } = one;
  const world = await createWorld(entry);
  try {
    const { settings, prepare, begin } = STORIES[scenario];
    let hints: ReturnType<typeof begin> = [];
    const kill = { step: numbered(step), moment };
    const killed = await world.run({ settings, prepare: prepare(world), kill }, () => {
      hints = begin(world);
      return hints;
    });
    // A vendor sends a notification again until it is acknowledged.
    const after = await world.restart([...hints, ...everything(world)]);
    const unlinked = after.pairs.filter(({ state }) => state !== 'linked');
    return [
      ...(killed.signal === 'SIGKILL' ? [] : ['the step was not reached']),
      ...(after.paused === (isTokenLost(one) ? 'reconnect-needed' : null)
        ? []
        : [`the tenant stood still: ${after.paused}`]),
      ...after.left.map((job) => `left to do: ${job}`),
      ...unlinked.map(({ id, state }) => `the pair ${id} is ${state}`),
      ...wrongIn(scenario, world),
    ];
  } finally {
    await world.close();
  }
}
