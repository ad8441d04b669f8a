import { SyncError } from '../../errors/sync-error.ts';
import type { FortnoxGrant } from '../connections-types.ts';
import type { Gate } from '../gate.ts';
import { companyOf } from './company.ts';
import { sameTokens, type TokenKeeper } from './token-keeper.ts';
import { type FortnoxTokens, requestTokens, type TokenEndpoint } from './tokens.ts';

/** Every token that is given has at least this left. */
export const RENEW_BEFORE_MS = 300_000;

export interface FortnoxAuth {
  /**
   * A usable access token; renewed 5 minutes before its end, or when it equals `refused`, the one that Fortnox just
   * answered with 401. Everybody who asks meanwhile shares the one renewal. Raises `credentials-missing`,
   * `reconnect-needed`, `vendor-auth`, or the vault's or the network's error.
   */
  token(refused?: string): Promise<string>;
  /** As Connections.connectFortnox. */
  connect(grant: FortnoxGrant, company?: string | null): Promise<void>;
  /** Reads the vault again at the next call. */
  forget(): void;
}

/** How often what another instance stored meanwhile is tried, when Fortnox no longer takes what we hold. */
const TRIES = 3;

/**
 * Renews one tenant's tokens. A refresh token serves once: renewals are never simultaneous, and a new one is stored
 * before anybody may use it (fortnox.md 2.4).
 */
export function createFortnoxAuth(
  deps: TokenEndpoint & { apiUrl: string; keeper: TokenKeeper; gate: () => Gate },
): FortnoxAuth {
  const { runtime, keeper, gate } = deps;
  /** The refresh token that Fortnox refused: asking again would only be refused again. */
  let refusedRefresh: string | null = null;

  const usable = (tokens: FortnoxTokens | null, refused: string | undefined): tokens is FortnoxTokens =>
    tokens !== null && tokens.accessToken !== refused && runtime.now() < tokens.expiresAt - RENEW_BEFORE_MS;

  async function askFor(tokens: FortnoxTokens): Promise<FortnoxTokens> {
    if (tokens.grant === 'client_credentials') {
      return requestTokens(deps, gate(), { grant: 'client_credentials', tenantId: tokens.tenantId });
    }
    if (tokens.refreshToken === refusedRefresh) throw reconnect();
    try {
      return await requestTokens(deps, gate(), { grant: 'refresh_token', refreshToken: tokens.refreshToken });
    } catch (error) {
      if (isReconnect(error)) refusedRefresh = tokens.refreshToken;
      throw error;
    }
  }

  /** Usable tokens, renewed if need be. */
  async function freshest(refused: string | undefined): Promise<FortnoxTokens> {
    let tokens = await keeper.load();
    for (let tries = 1; !usable(tokens, refused); tries += 1) {
      try {
        return await keeper.renewed(await askFor(tokens), tokens);
      } catch (error) {
        if (!isReconnect(error) || tries === TRIES) throw error;
        // Refused, because another instance has used it: what it got for it is stored by now, or will be.
        const stored = await keeper.reload();
        if (sameTokens(stored, tokens)) throw error;
        tokens = stored;
      }
    }
    return tokens;
  }

  /** The client credentials of the service account that was consented to; what we have, where Fortnox gives none. */
  async function serviceTokens(tenantId: string, given: FortnoxTokens): Promise<FortnoxTokens> {
    try {
      return await requestTokens(deps, gate(), { grant: 'client_credentials', tenantId });
    } catch (error) {
      if (error instanceof SyncError && error.retry === 'auth') return given;
      throw error;
    }
  }

  let renewal: Promise<string> | null = null;
  const freshToken = (refused: string | undefined) => keeper.inTurn(async () => (await freshest(refused)).accessToken);

  return {
    async token(refused) {
      const known = keeper.known();
      if (usable(known, refused)) return known.accessToken;
      // A shared failure is shared as well: a hundred waiting callers make one refused call, not a hundred.
      renewal ??= freshToken(refused).finally(() => {
        renewal = null;
      });
      const token = await renewal;
      // The renewal that we joined may have begun before our token was refused, and have found it good.
      return token === refused ? freshToken(refused) : token;
    },
    connect: (grant, company = null) =>
      keeper.inTurn(async () => {
        const given = await requestTokens(deps, gate(), grant);
        const service = grant.grant === 'authorization_code' && grant.service === true;
        const found = company === null && !service ? null : await companyOf(deps, gate(), given.accessToken);
        if (company !== null && found !== company) throw anotherCompany(company, found ?? '');
        await keeper.consented(service && found !== null ? await serviceTokens(found, given) : given);
        refusedRefresh = null;
      }),
    forget: keeper.forget,
  };
}

const anotherCompany = (company: string, found: string) =>
  new SyncError(
    'another-company',
    `That is the Fortnox company with database number ${found}, and this tenant belongs to ${company}: sign in to that company, or make a tenant of its own for this one.`,
  );

const isReconnect = (error: unknown): boolean => error instanceof SyncError && error.code === 'reconnect-needed';
const reconnect = () =>
  new SyncError('reconnect-needed', 'Fortnox no longer accepts the stored connection: connect Fortnox again.');
