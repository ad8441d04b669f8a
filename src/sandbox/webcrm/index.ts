import type { SandboxVendor, SendNotification } from '../chassis.ts';
import { createFrontDoor, type LostRace, type Manners } from '../common/front-door.ts';
import { failure, json } from './answers.ts';
import { createCompany } from './company.ts';
import { createHooks, type SandboxHook } from './hooks.ts';
import { createPerson, type Person } from './person.ts';
import type { RecordWrite } from './records.ts';
import { RaceRefusal, Refusal } from './refusal.ts';
import { createRoutes, LOGIN_PATH } from './routes.ts';
import { DEFAULT_SWITCHES, type WebcrmSwitches } from './switches.ts';
import type { Delivery } from './tables/delivery.ts';
import type { Item } from './tables/item.ts';
import type { Line } from './tables/line.ts';
import type { Organisation } from './tables/organisation.ts';
import { APPLICATION_TOKEN, createTokens, type Tokens } from './tokens.ts';

export type { LostRace } from '../common/front-door.ts';
export type { SandboxHook } from './hooks.ts';
export type { Person } from './person.ts';
export type { RecordWrite } from './records.ts';
export { SWITCH_VALUES, type WebcrmSwitches } from './switches.ts';
export type { Delivery } from './tables/delivery.ts';
export type { Item } from './tables/item.ts';
export type { Line } from './tables/line.ts';
export type { Organisation } from './tables/organisation.ts';

export interface WebcrmSandbox extends SandboxVendor {
  readonly name: 'webcrm';
  /** May be changed at any time; a reset keeps them. */
  readonly switches: WebcrmSwitches;
  readonly person: Person;
  /** All records of a kind as the API would answer them, in order of id; one, or null when it does not exist. */
  organisations(): Organisation[];
  organisation(id: number): Organisation | null;
  deliveries(): Delivery[];
  delivery(id: number): Delivery | null;
  /** The lines of a delivery in order of SortOrder, then id. */
  lines(deliveryId: number): Line[];
  line(id: number): Line | null;
  /** The product register. */
  items(): Item[];
  item(id: number): Item | null;
  readonly applicationToken: string;
  /** The administrator withdraws the application token: no login and no access token is accepted any more. */
  revokeToken(): void;
  /** All access tokens end early; a new login is accepted. */
  expireTokens(): void;
  /** Writes through the API that took effect, oldest first: to organisations, deliveries, lines and the register. */
  readonly writes: readonly RecordWrite[];
  readonly deliveryWrites: readonly RecordWrite[];
  readonly lineWrites: readonly RecordWrite[];
  readonly itemWrites: readonly RecordWrite[];
  /** API writes that were refused because of what a person did after the API's last read; not among the violations. */
  readonly lostRaces: readonly LostRace[];
  /** Of all entities, in order of id. */
  hooks(): SandboxHook[];
}

/** How webCRM meets a request; its documented limit is 250 in a sliding minute per application token. */
const manners = (tokens: Tokens, routes: Manners['routes']): Manners => ({
  routes,
  limit: { calls: 250, windowMs: 60_000 },
  authorised: ({ headers }) => tokens.valid(headers.authorization),
  unauthorised: () => failure(401, 'The access token is not valid'),
  unknown({ method }) {
    if (method !== 'GET') throw new Refusal('No such address', 404);
    return failure(404, 'No such address');
  },
  throttled(seconds) {
    const Message = 'API calls quota exceeded';
    const body = { RetryAfterSeconds: seconds, Message, Type: 'TooManyRequestsException' };
    return json(429, body, { 'retry-after': String(seconds) });
  },
  refused(error) {
    if (!(error instanceof Refusal)) return null;
    const blame = error instanceof RaceRefusal ? 'race' : 'violation';
    return { response: failure(error.status, error.message), why: error.message, blame };
  },
  injected: {
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ Message: 'Injected', Type: 'ApiException' }),
  },
});

/** A strict stand-in of webCRM's API: what it refuses for its form is a violation. */
export function createWebcrmSandbox(deps: {
  now: () => number;
  random: () => number;
  notify: SendNotification;
  switches?: Partial<WebcrmSwitches>;
  /** Of the system, where there are several. */
  applicationToken?: string;
}): WebcrmSandbox {
  const { now, applicationToken = APPLICATION_TOKEN } = deps;
  const switches: WebcrmSwitches = { ...DEFAULT_SWITCHES, ...deps.switches };
  const tokens = createTokens({ now, random: deps.random, applicationToken });
  const hooks = createHooks({ now, switches, notify: deps.notify });
  const company = createCompany({ now, switches, changed: hooks.fire });
  const door = createFrontDoor({ now, manners: manners(tokens, createRoutes({ company, hooks, tokens, switches })) });
  const { organisations, deliveries, lines, items } = company;

  return {
    name: 'webcrm',
    handle: door.handle,
    violations: door.violations,
    lostRaces: door.lostRaces,
    counts() {
      const counts = door.counts();
      // A login changes no data.
      return { ...counts, writes: counts.writes - (counts.byRoute[`POST ${LOGIN_PATH}`] ?? 0) };
    },
    failNext: door.failNext,
    switches,
    person: createPerson(company),
    organisations: () => organisations.list(),
    organisation: organisations.get,
    deliveries: () => deliveries.list(),
    delivery: deliveries.get,
    lines: (deliveryId) =>
      company
        .linesOf(deliveryId)
        .sort((one, other) => Number(one.QuotationLineSortOrder) - Number(other.QuotationLineSortOrder)),
    line: lines.get,
    items: () => items.list(),
    item: items.get,
    applicationToken,
    revokeToken: () => tokens.revoke(),
    expireTokens: () => tokens.expire(),
    writes: organisations.writes,
    deliveryWrites: deliveries.writes,
    lineWrites: lines.writes,
    itemWrites: items.writes,
    hooks: () => hooks.list(),
    reset() {
      door.reset();
      tokens.reset();
      hooks.reset();
      company.reset();
    },
  };
}
