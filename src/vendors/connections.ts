import type { PairEntity, Side } from '../../schemas/records.ts';
import { type Budget, type BudgetOptions, createBudget } from '../queue/budget.ts';
import { createSlotRecord, forgetSlots } from '../queue/slot-record.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import type { BudgetUse, Connections, TenantConnection } from './connections-types.ts';
import { type CallFence, fenced } from './fence.ts';
import { createFortnoxAuth, type FortnoxAuth, RENEW_BEFORE_MS } from './fortnox/auth.ts';
import { createFortnoxClient } from './fortnox/client.ts';
import { createTokenKeeper, type TokenKeeper } from './fortnox/token-keeper.ts';
import type { FortnoxTokens } from './fortnox/tokens.ts';
import { CALL_TIMEOUT_MS, type CallInfo, createSend } from './http.ts';
import { withoutRepeats } from './repeats.ts';
import type { Vault } from './vault.ts';
import { createWebcrmAuth, type WebcrmAuth } from './webcrm/auth.ts';
import { createWebcrmClient } from './webcrm/client.ts';
import type { WebcrmClient } from './webcrm/types.ts';
import type { MayWrite } from './writes.ts';

/** fortnox.md 5.1: 25 requests in any 5 s for a client and company. */
const FORTNOX_LIMIT = { limit: 25, windowMs: 5_000, concurrency: 12 };
/** webcrm.md 4: 250 requests in any minute for an application token; many at once drop connections, so staggered. */
const WEBCRM_LIMIT = { limit: 250, windowMs: 60_000, concurrency: 4, spacingMs: 20 };
const WAIT_AFTER_429_MS: Record<Side, number> = { fortnox: 5_000, webcrm: 10_000 };

export interface ConnectionsDeps {
  runtime: Runtime;
  vault: Vault;
  /** Addresses without a slash at the end. */
  config: {
    fortnoxApiUrl: string;
    fortnoxAuthUrl: string;
    fortnoxClientId: string;
    fortnoxClientSecret: string;
    webcrmApiUrl: string;
  };
  /** The Fortnox DatabaseNumber of the tenant, null while it is unknown: tenants of one company share its budget. */
  companyKey?: (tenantId: string) => string | null;
  /** Where slots of budgets are recorded, and by whom; without it a successor would not know what was spent. */
  slots?: { readonly store: Pick<Store, 'fenced'>; readonly owner: () => string };
  /** Asked before each call of the tenant's clients; without it every call may start. */
  fenceOf?: (tenantId: string) => CallFence | null;
  /** Raises when the tenant's records of this kind may not be written on this side now; without it all may. */
  mayWrite?: (tenantId: string, side: Side, entity: PairEntity) => Promise<void>;
  /** The largest answer that is read, bytes; 64 MiB when not given. */
  answerBytes?: number | undefined;
  /** Told after each call, logins included; `status` 0 means no answer. */
  onCall?: (info: CallInfo & { tenant: string }) => void;
}

interface Member {
  readonly connection: TenantConnection;
  readonly fortnoxAuth: FortnoxAuth;
  readonly webcrmAuth: WebcrmAuth<Budget>;
  /** A client of another token, which is not kept. */
  readonly tryWebcrm: (applicationToken: string) => WebcrmClient;
}

export interface TokenSource {
  /**
   * A valid access token of the tenant for Fortnox's stream, and when it ends (ms); a new one when `refused` is the one at
   * hand. Raises what `FortnoxAuth.token` and the vault raise.
   */
  fortnoxToken(tenantId: string, refused?: string): Promise<{ accessToken: string; expiresAt: number }>;
}

export interface ConnectionsHere extends Connections, TokenSource {
  /**
   * Tenants that come to this instance, or leave it: their clients are made anew at the next `of`, and read their tokens again. Resolves
   * when what Fortnox gave them is stored, or the store has failed for some seconds; then it is tried further. Never rejects.
   */
  letGo(isTheirs: (tenantId: string) => boolean): Promise<void>;
  /** The tenant is removed: its clients and its own budget are forgotten, with what was recorded of it. */
  leave(tenantId: string): Promise<void>;
  close(): void;
  /** The use of each budget that there is here, by vendor. */
  allBudgets(): Record<Side, readonly BudgetUse[]>;
}

/**
 * The clients of all tenants. Nothing leaves but through a budget: Fortnox's by company, webCRM's by application token.
 * `close` rejects every call that waits with `stopping`.
 */
export function createConnections(deps: ConnectionsDeps): ConnectionsHere {
  const { runtime, vault, config, companyKey = () => null, slots, fenceOf = () => null, onCall } = deps;
  const { mayWrite, answerBytes } = deps;
  const members = new Map<string, Member>();
  /** They outlive the members: one may hold the only copy of a token. */
  const keepers = new Map<string, TokenKeeper>();
  const byTenant = new Map<string, Budget>();
  const byCompany = new Map<string, Budget>();
  const byToken = new Map<string, Budget>();
  let closed = false;

  function kept(budgets: Map<string, Budget>, key: string, make: () => Budget): Budget {
    const found = budgets.get(key);
    if (found !== undefined) return found;
    const made = make();
    if (closed) made.close();
    budgets.set(key, made);
    return made;
  }

  function makeBudget(name: string, key: string, limits: Omit<BudgetOptions, 'runtime' | 'name'>): Budget {
    const callMs = CALL_TIMEOUT_MS;
    const recorded = slots && { callMs, record: createSlotRecord({ runtime, ...slots, ...limits, callMs, key }) };
    return createBudget({ runtime, name, ...limits, ...recorded });
  }

  const fortnoxKey = (tenant: string) => `fortnox/${companyKey(tenant) ?? tenant}`;
  const tenantBudget = (tenant: string) =>
    kept(byTenant, tenant, () => makeBudget('Fortnox', fortnoxKey(tenant), FORTNOX_LIMIT));
  const tokenBudget = (hash: string) => kept(byToken, hash, () => makeBudget('webCRM', `webcrm/${hash}`, WEBCRM_LIMIT));

  /** Each once: a company's budget is its first tenant's. */
  const fortnoxBudgets = () => [...new Set([...byTenant.values(), ...byCompany.values()])];

  /** A tenant brings its budget, with the slots taken so far, to its company when that becomes known. */
  function fortnoxBudget(tenant: string): Budget {
    const company = companyKey(tenant);
    return company === null ? tenantBudget(tenant) : kept(byCompany, company, () => tenantBudget(tenant));
  }

  function keeperOf(tenant: string): TokenKeeper {
    const found = keepers.get(tenant);
    if (found !== undefined) return found;
    const made = createTokenKeeper({ runtime, vault, tenant });
    keepers.set(tenant, made);
    return made;
  }

  function join(tenant: string): Member {
    /** How far a vendor's clock is ahead of what has elapsed here, ms: by its last answer, so that it is behind at most. */
    const ahead = new Map<Side, number>();
    const sender = (side: Side) => {
      const send = createSend({
        runtime,
        side,
        throttleWaitMs: WAIT_AFTER_429_MS[side],
        answerBytes,
        onCall: onCall && ((info) => onCall({ tenant, ...info })),
        onDate: (date) => void ahead.set(side, date - runtime.elapsed()),
      });
      return withoutRepeats(runtime, side, send);
    };
    const fortnoxSend = sender('fortnox');
    const webcrmSend = sender('webcrm');
    const fence = fenceOf(tenant);
    const gate = () => fenced(fortnoxBudget(tenant), fence);
    const guard: MayWrite | undefined = mayWrite && ((side, entity) => mayWrite(tenant, side, entity));
    const fortnoxAuth = createFortnoxAuth({
      runtime,
      keeper: keeperOf(tenant),
      gate,
      send: fortnoxSend,
      apiUrl: config.fortnoxApiUrl,
      authUrl: config.fortnoxAuthUrl,
      clientId: config.fortnoxClientId,
      clientSecret: config.fortnoxClientSecret,
    });
    const webcrm = (tokens: Pick<Vault, 'get' | 'put'>) => {
      const apiUrl = config.webcrmApiUrl;
      const gateOf = (hash: string) => fenced(tokenBudget(hash), fence);
      const auth = createWebcrmAuth({ runtime, vault: tokens, tenant, send: webcrmSend, apiUrl, gateOf });
      return { auth, client: createWebcrmClient({ apiUrl, send: webcrmSend, auth, mayWrite: guard }) };
    };
    const { auth: webcrmAuth, client: webcrmClient } = webcrm(vault);
    return {
      fortnoxAuth,
      webcrmAuth,
      tryWebcrm: (applicationToken) => webcrm({ get: async () => applicationToken, put: async () => {} }).client,
      connection: {
        fortnox: createFortnoxClient({
          apiUrl: config.fortnoxApiUrl,
          send: fortnoxSend,
          auth: fortnoxAuth,
          gate,
          mayWrite: guard,
        }),
        webcrm: webcrmClient,
        vendorNow(side) {
          const by = ahead.get(side);
          return by === undefined ? null : Math.floor(runtime.elapsed() + by);
        },
        budgets: () => ({ fortnox: gate().use(), webcrm: webcrmAuth.gate()?.use() ?? unused() }),
      },
    };
  }

  function member(tenant: string): Member {
    const found = members.get(tenant);
    if (found !== undefined) return found;
    const made = join(tenant);
    members.set(tenant, made);
    return made;
  }

  return {
    of: (tenant) => member(tenant).connection,
    connectFortnox: (tenant, grant, company) => member(tenant).fortnoxAuth.connect(grant, company),
    async connectWebcrm(tenant, applicationToken, look) {
      await look?.(member(tenant).tryWebcrm(applicationToken));
      await member(tenant).webcrmAuth.connect(applicationToken);
    },
    async fortnoxToken(tenant, refused) {
      const accessToken = await member(tenant).fortnoxAuth.token(refused);
      const stored = JSON.parse((await vault.get(tenant, 'fortnox-tokens')) ?? 'null') as FortnoxTokens | null;
      // Another one was stored since: of ours only what every token has left when it is given is known.
      const isStored = stored?.accessToken === accessToken;
      return { accessToken, expiresAt: isStored ? stored.expiresAt : runtime.now() + RENEW_BEFORE_MS };
    },
    forget(tenant) {
      // The member stays: a renewal that is under way must not meet a second one, nor lose its budget.
      members.get(tenant)?.fortnoxAuth.forget();
      members.get(tenant)?.webcrmAuth.forget();
    },
    async letGo(isTheirs) {
      for (const tenant of [...members.keys()]) if (isTheirs(tenant)) members.delete(tenant);
      const theirs = [...keepers].flatMap(([tenant, keeper]) => (isTheirs(tenant) ? [keeper] : []));
      for (const keeper of theirs) keeper.forget();
      await Promise.all(theirs.map((keeper) => keeper.settled()));
    },
    async leave(tenant) {
      members.delete(tenant);
      keepers.get(tenant)?.end();
      keepers.delete(tenant);
      byTenant.delete(tenant);
      // A company's budget may be others' as well.
      if (slots !== undefined && companyKey(tenant) === null) await forgetSlots(slots.store, fortnoxKey(tenant));
    },
    allBudgets: () => ({
      fortnox: fortnoxBudgets().map((budget) => budget.use()),
      webcrm: [...byToken.values()].map((budget) => budget.use()),
    }),
    close() {
      closed = true;
      for (const keeper of keepers.values()) keeper.end();
      for (const budget of [...fortnoxBudgets(), ...byToken.values()]) budget.close();
    },
  };
}

/** What is told of a budget before its token is known. */
const unused = (): BudgetUse => ({
  limit: WEBCRM_LIMIT.limit,
  share: WEBCRM_LIMIT.limit,
  windowMs: WEBCRM_LIMIT.windowMs,
  inWindow: 0,
  waiting: 0,
  stoppedUntil: null,
  total: 0,
  throttled: 0,
});
