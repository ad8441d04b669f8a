import type { Side } from '../../schemas/records.ts';
import type { SandboxRequest, SandboxResponse, SandboxVendor, SendNotification } from '../../src/sandbox/chassis.ts';
import { createFortnoxSandbox, type FortnoxSandbox } from '../../src/sandbox/fortnox/index.ts';
import { createWebcrmSandbox, type WebcrmSandbox } from '../../src/sandbox/webcrm/index.ts';

type Door = Pick<SandboxVendor, 'handle'>;

const GIVEN = /"(?:access_token|refresh_token|AccessToken)":"([^"]+)"/g;

/** A vendor with several companies behind one address; tells them apart by the tokens that each has given out. */
function createVendor(): Door & { add(secret: string, company: Door): void; of(secret: string): Door | undefined } {
  const bySecret = new Map<string, Door>();

  function find({ headers, body }: SandboxRequest): Door {
    const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    const form = new URLSearchParams(bearer === undefined ? body : '');
    const found = bySecret.get(bearer ?? form.get('refresh_token') ?? form.get('authCode') ?? '');
    if (found === undefined) throw new Error('A token of no company');
    return found;
  }

  return {
    add: (secret, company) => void bySecret.set(secret, company),
    of: (secret) => bySecret.get(secret),
    handle(request): SandboxResponse {
      const company = find(request);
      const answer = company.handle(request);
      for (const [, token = ''] of answer.body.matchAll(GIVEN)) bySecret.set(token, company);
      return answer;
    },
  };
}

/** One tenant's own company in each system. */
export interface Company {
  readonly fortnox: FortnoxSandbox;
  readonly webcrm: WebcrmSandbox;
  /** The first one; Fortnox takes it once. */
  readonly refreshToken: string;
}

export interface Companies {
  readonly fortnox: Door;
  readonly webcrm: Door;
  /** The company's number that Fortnox gave this token out for, as `Bearer token`; null: none. */
  numberOf(bearer: string): number | null;
  add(company: {
    readonly number: number;
    readonly now: () => number;
    readonly random: () => number;
    readonly notify: SendNotification;
    /** Told of each call before it is answered. */
    readonly arrived: (side: Side, request: SandboxRequest) => void;
  }): Company;
}

/** Both vendors, each with as many companies as are added. */
export function createCompanies(): Companies {
  const fortnoxes = createVendor();
  const webcrms = createVendor();
  const numbers = new Map<Door, number>();
  return {
    fortnox: fortnoxes,
    webcrm: webcrms,
    numberOf: (bearer) => numbers.get(fortnoxes.of(bearer.replace(/^Bearer /, '')) ?? fortnoxes) ?? null,
    add({ number, arrived, ...vendor }) {
      const fortnox = createFortnoxSandbox({ ...vendor, databaseNumber: number });
      const webcrm = createWebcrmSandbox({ ...vendor, applicationToken: `application-token-${number}` });
      const watched = (sandbox: SandboxVendor): Door => ({
        handle(request) {
          arrived(sandbox.name, request);
          return sandbox.handle(request);
        },
      });
      const refreshToken = fortnox.issueRefreshToken();
      const door = watched(fortnox);
      numbers.set(door, number);
      fortnoxes.add(refreshToken, door);
      webcrms.add(webcrm.applicationToken, watched(webcrm));
      return { fortnox, webcrm, refreshToken };
    },
  };
}

/** What is wrong where each name is to be in both systems once: those that one system lacks, and those that one has twice. */
export function faultsIn({ fortnox, webcrm }: Pick<Company, Side>): { lost: string[]; doubled: string[] } {
  const customers = fortnox.customers().map(({ Name }) => String(Name));
  const organisations = webcrm.organisations().map(({ OrganisationName }) => String(OrganisationName));
  const twice = (names: readonly string[]) => names.filter((name, at) => names.indexOf(name) !== at);
  return {
    lost: [
      ...customers.filter((name) => !organisations.includes(name)).map((name) => `${name} is not in webCRM`),
      ...organisations.filter((name) => !customers.includes(name)).map((name) => `${name} is not in Fortnox`),
    ],
    doubled: [customers, organisations].flatMap(twice).map((name) => `${name} is there twice`),
  };
}
