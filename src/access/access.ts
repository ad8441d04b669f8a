import type { AccessToken, Role } from '../../schemas/access.ts';
import { SyncError } from '../errors/sync-error.ts';
import { sha256 } from '../hash.ts';
import type { Runtime } from '../runtime.ts';
import type { Page, PageRequest, Store } from '../store/port.ts';
import { retryChanged } from '../store/retry-changed.ts';
import { covers, type Principal } from './principal.ts';
import { idOfText, makeText, sameDigest } from './token-text.ts';

const HOUR_MS = 3_600_000;
/** Use is noted so often at most: nobody needs the second, and each note is a write. */
const NOTE_USE_MS = 60_000;
/** Nobody's digest: what an unknown token is compared with, so that it takes the time of a known one. */
const NOBODY = '0'.repeat(64);
/** Secrets that a token may have at once: rotations in a row must not make it grow. */
const MOST_SECRETS = 5;

export interface NewToken {
  readonly name: string;
  readonly role: Role;
  /** null: all tenants, also those to come. */
  readonly tenants: readonly string[] | null;
  /** ms; null: it does not end by itself. */
  readonly expiresAt: number | null;
}
/** `text` is shown this once. */
export interface MadeToken {
  readonly token: AccessToken;
  readonly text: string;
}

export interface Access {
  /** Whom this text of a token belongs to, now; null: nobody, or it ended or was revoked. */
  principalOf(text: string): Promise<Principal | null>;
  /** Raises `invalid-body` for a tenant that `by` does not reach or that is unknown, and for an end that is past. */
  make(by: Principal, wanted: NewToken): Promise<MadeToken>;
  /** The tokens that `by` may see; a page may be short, and `next` is null at the end. */
  list(by: Principal, page: PageRequest): Promise<Page<AccessToken>>;
  /** Raises `not-found`, also for a token that `by` may not see. */
  get(by: Principal, id: string): Promise<AccessToken>;
  /** A new secret; the present one counts for `graceHours` more. Raises `not-found`; `conflict` when it was revoked or ended. */
  rotate(by: Principal, id: string, graceHours: number): Promise<MadeToken>;
  /** It stops at its next request. Raises `not-found`. */
  revoke(by: Principal, id: string): Promise<AccessToken>;
}

/** Whether the token counts at `now`, and if not, why. */
export const stateOf = (token: AccessToken, now: number): 'valid' | 'revoked' | 'expired' => {
  if (token.revokedAt !== null) return 'revoked';
  return token.expiresAt !== null && token.expiresAt <= now ? 'expired' : 'valid';
};

const ROOT: Principal = { id: 'root', name: 'root', role: 'administer', tenants: null, expiresAt: null };

/** Tokens of the API (B8). `rootTokens` are those of ADMIN_TOKEN, or the one made at the first start. */
export function createAccess(deps: {
  readonly store: Pick<Store, 'tokens' | 'tenants'>;
  readonly runtime: Runtime;
  readonly rootTokens: readonly string[];
}): Access {
  const { store, runtime } = deps;
  const rootDigests = deps.rootTokens.map(sha256);
  const noted = new Map<string, number>();

  async function note(token: AccessToken): Promise<void> {
    const now = runtime.now();
    if (now - (noted.get(token.id) ?? token.lastUsedAt ?? 0) < NOTE_USE_MS) return;
    noted.set(token.id, now);
    await store.tokens.use(token.id, now);
  }

  async function get(by: Principal, id: string): Promise<AccessToken> {
    const token = await store.tokens.get(id);
    if (token === null || !covers(by, token)) throw new SyncError('not-found', 'There is no token with this id.');
    return token;
  }

  const change = (by: Principal, id: string, make: (token: AccessToken) => AccessToken): Promise<AccessToken> =>
    retryChanged(async () => store.tokens.replace(make(await get(by, id))));

  async function checkTenants(by: Principal, tenants: readonly string[] | null): Promise<void> {
    if (!covers(by, { tenants }))
      throw fault('/tenants', 'name tenants that your own token reaches: it does not reach all of them');
    const found = await Promise.all((tenants ?? []).map((id) => store.tenants.get(id)));
    const missing = found.indexOf(null);
    if (missing >= 0) throw fault(`/tenants/${missing}`, 'there is no tenant with this id');
  }

  return {
    get,
    async principalOf(text) {
      const digest = sha256(text);
      // All of them, always: how long it takes tells nothing.
      const isRoot = rootDigests.filter((root) => sameDigest(digest, root)).length > 0;
      const id = idOfText(text);
      const token = id === null ? null : await store.tokens.get(id);
      const now = runtime.now();
      const secrets = token?.secrets ?? [{ hash: NOBODY, until: null }];
      const counts = secrets.filter(({ hash, until }) => sameDigest(digest, hash) && (until === null || until > now));
      if (isRoot) return ROOT;
      if (token === null || counts.length === 0 || stateOf(token, now) !== 'valid') return null;
      await note(token);
      const { name, role, tenants, expiresAt } = token;
      return { id: token.id, name, role, tenants, expiresAt };
    },
    async make(by, wanted) {
      const now = runtime.now();
      if (wanted.expiresAt !== null && wanted.expiresAt <= now) throw fault('/expiresAt', 'is past');
      await checkTenants(by, wanted.tenants);
      const id = runtime.randomBytes(8).toString('hex');
      const text = makeText(runtime, id);
      const token: AccessToken = {
        ...wanted,
        schema: 1,
        id,
        secrets: [{ hash: sha256(text), createdAt: now, until: null }],
        createdBy: by.name,
        createdAt: now,
        revokedAt: null,
        lastUsedAt: null,
        version: 1,
      };
      await store.tokens.insert(token);
      return { token, text };
    },
    async list(by, page) {
      const { items, next } = await store.tokens.list(page);
      return { items: items.filter((token) => covers(by, token)), next };
    },
    async rotate(by, id, graceHours) {
      const text = makeText(runtime, id);
      const now = runtime.now();
      const token = await change(by, id, (present) => {
        if (stateOf(present, now) !== 'valid')
          throw new SyncError('conflict', `The token "${present.name}" is ${stateOf(present, now)}: make a new one.`);
        const until = now + graceHours * HOUR_MS;
        const former = present.secrets
          .map((secret) => ({ ...secret, until: Math.min(secret.until ?? until, until) }))
          .filter((secret) => secret.until > now);
        const secrets = [{ hash: sha256(text), createdAt: now, until: null }, ...former].slice(0, MOST_SECRETS);
        return { ...present, secrets };
      });
      return { token, text };
    },
    revoke: (by, id) =>
      change(by, id, (present) => ({ ...present, revokedAt: present.revokedAt ?? runtime.now(), secrets: [] })),
  };
}

const fault = (field: string, message: string) =>
  new SyncError('invalid-body', `The token was not made: ${field} ${message}.`, { faults: [{ field, message }] });
