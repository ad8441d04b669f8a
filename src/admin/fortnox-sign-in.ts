import { ERROR_CODES, type ErrorCode } from '../errors/codes.ts';
import { isSyncError, SyncError } from '../errors/sync-error.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import { authoriseUrl, FORTNOX_SCOPES } from '../vendors/fortnox/authorise.ts';
import type { Seal } from './seal.ts';
import type { Admin } from './tenants.ts';

/** A person has so long to sign in and consent. */
const STATE_MS = 15 * 60_000;
const BOUND_TO = 'fortnox-sign-in';
export const CALLBACK_PATH = '/oauth/fortnox/callback';

/** What the state holds on its way through the person's browser, sealed. */
interface State {
  readonly tenant: string;
  readonly service: boolean;
  readonly returnTo: string | null;
  readonly by: string;
  readonly nonce: string;
  readonly until: number;
}

export interface SignInBegun {
  readonly url: string;
  readonly redirectUri: string;
  readonly scopes: string[];
  readonly expiresAt: number;
}
/** How it ended, for the person who comes back from Fortnox. */
export interface SignInEnd {
  readonly code: 'connected' | ErrorCode;
  readonly status: number;
  readonly message: string;
  /** A path of ours where the person began; null: none was named. */
  readonly returnTo: string | null;
}
export interface CallbackQuery {
  readonly code?: string | undefined;
  readonly state?: string | undefined;
  readonly error?: string | undefined;
}

export interface FortnoxSignIn {
  /** Gives the address to send the person to. Raises `not-found`, `credentials-missing` without a client id. */
  begin(tenantId: string, options: { service: boolean; returnTo: string | null }, by: string): Promise<SignInBegun>;
  /** Takes the answer that the person's browser brings. Never raises for what the person or Fortnox did: the end says it. */
  end(query: CallbackQuery): Promise<SignInEnd>;
}

/**
 * Connecting Fortnox by its OAuth pages (B7). The state is random, sealed, bound to the tenant, good once and for 15 minutes; a
 * connection that was broken goes on by itself.
 */
export function createFortnoxSignIn(deps: {
  readonly runtime: Runtime;
  readonly store: Pick<Store, 'seen'>;
  readonly seal: Seal;
  readonly admin: Pick<Admin, 'getTenant' | 'setFortnoxGrant' | 'resume'>;
  readonly config: { publicUrl: string; fortnoxAuthUrl: string; fortnoxClientId: string | null };
}): FortnoxSignIn {
  const { runtime, store, seal, admin, config } = deps;
  const redirectUri = `${config.publicUrl}${CALLBACK_PATH}`;

  function stateOf(text: string | undefined): State | null {
    const opened = seal.open(Buffer.from(text ?? '', 'base64url').toString(), BOUND_TO);
    return 'text' in opened ? (JSON.parse(opened.text) as State) : null;
  }

  async function connect({ tenant, service, by }: State, query: CallbackQuery): Promise<void> {
    if (query.error !== undefined || query.code === undefined) throw refusalOf(query.error);
    await admin.setFortnoxGrant(
      tenant,
      { grant: 'authorization_code', code: query.code, redirectUri, ...(service ? { service } : {}) },
      by,
    );
    const { state, pausedReason } = await admin.getTenant(tenant);
    if (state === 'paused' && isBroken(pausedReason)) await admin.resume(tenant, by);
  }

  return {
    async begin(tenantId, { service, returnTo }, by) {
      const { id } = await admin.getTenant(tenantId);
      if (config.fortnoxClientId === null)
        throw new SyncError('credentials-missing', 'FORTNOX_CLIENT_ID and FORTNOX_CLIENT_SECRET are not set.');
      const until = runtime.now() + STATE_MS;
      const nonce = runtime.randomBytes(16).toString('base64url');
      const sealed = seal.seal(
        JSON.stringify({ tenant: id, service, returnTo, by, nonce, until } satisfies State),
        BOUND_TO,
      );
      const url = authoriseUrl({
        authUrl: config.fortnoxAuthUrl,
        clientId: config.fortnoxClientId,
        redirectUri,
        state: Buffer.from(sealed).toString('base64url'),
        service,
      });
      return { url, redirectUri, scopes: [...FORTNOX_SCOPES], expiresAt: until };
    },
    async end(query) {
      const state = stateOf(query.state);
      const returnTo = state?.returnTo ?? null;
      try {
        if (state === null || runtime.now() >= state.until) throw used();
        if (!(await store.seen.add(state.tenant, `sign-in:${state.nonce}`, runtime.now(), state.until))) throw used();
        await connect(state, query);
        return { code: 'connected', status: 200, message: 'Fortnox is connected. You can close this page.', returnTo };
      } catch (error) {
        if (!isSyncError(error) || error.code === 'internal') throw error;
        return { code: error.code, status: error.status, message: error.message, returnTo };
      }
    },
  };
}

const isBroken = (reason: string | null): boolean =>
  reason !== null && Object.hasOwn(ERROR_CODES, reason) && ERROR_CODES[reason as ErrorCode].retry === 'auth';

const used = () =>
  new SyncError(
    'authorisation-expired',
    'This sign-in was used already, took longer than 15 minutes, or was not begun here: begin again.',
  );

function refusalOf(error: string | undefined): SyncError {
  if (error === 'access_denied')
    return new SyncError('authorisation-denied', 'Fortnox was not connected: the consent was declined.');
  // Only codes of the standard's form are repeated.
  const why = error !== undefined && /^[a-z_]{1,40}$/.test(error) ? ` (${error})` : '';
  return new SyncError(
    'authorisation-failed',
    `Fortnox was not connected${why}: see that the integration allows this kind of account and that the company has the integration licence, then begin again.`,
  );
}
