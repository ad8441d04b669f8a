import type { BaseLogger } from 'pino';
import type { Tenant } from '../../schemas/records.ts';
import { isSyncError } from '../errors/sync-error.ts';
import { jittered } from '../queue/backoff.ts';
import { type Runtime, sleep } from '../runtime.ts';
import { bearer } from './commands.ts';
import type { StreamConnection } from './connection.ts';
import type { PollReason } from './state.ts';

export const TENANTS_A_BATCH = 50;
const TOKEN_WITHIN_MS = 20_000;
/** A member is added again this long before its token ends, whatever chance says. */
const BEFORE_END_MS = 60_000;
const RETRY_MS = 60_000;
const RETRY_REFUSED_MS = 600_000;

/** A Fortnox access token and when it ends, ms. */
export interface AccessToken {
  readonly accessToken: string;
  readonly expiresAt: number;
}

export interface MembersDeps {
  readonly runtime: Runtime;
  readonly clientSecret: string;
  /** A valid token of the tenant; a new one when `refused` is the one at hand. */
  readonly tokenOf: (tenantId: string, refused?: string) => Promise<AccessToken>;
  /** These begin, or may have been without the stream for a while: what they missed is the poll's. */
  readonly onJoined: (tenantIds: readonly string[]) => void;
  /** Aborted: nothing is waited for any more. */
  readonly signal: AbortSignal;
  readonly logger: Pick<BaseLogger, 'info' | 'warn'>;
}

export interface Members {
  /** Another connection: nobody is on it, and everybody may be asked for again. */
  begin(): void;
  /**
   * Adds the tenants that are not on the stream and those whose token nears its end, in batches, and takes off those that are
   * not among `tenants`. Before the connection is `live`, nothing that joins has missed anything. Raises the connection's error.
   */
  update(connection: Pick<StreamConnection, 'ask'>, tenants: readonly Tenant[], live: boolean): Promise<void>;
  /** null: on the stream. */
  reasonOf(tenantId: string): PollReason | null;
  count(): number;
  /** How many the stream refused without a reason. */
  refusedCount(): number;
}

interface Member extends AccessToken {
  readonly company: string;
  /** When it is added again. */
  readonly due: number;
}
interface Entry extends AccessToken {
  readonly tenant: Tenant;
  readonly renewed: boolean;
}

/** Who is on the stream. The life of a tenant there after its token has ended is unknown (fortnox.md 6.2). */
export function createMembers(deps: MembersDeps): Members {
  const { runtime, clientSecret, logger } = deps;
  const members = new Map<string, Member>();
  const away = new Map<string, { readonly reason: PollReason; readonly retryAt: number }>();
  /** The last reason that was logged of each tenant that is not on the stream: said once, however often it is tried. */
  const said = new Map<string, PollReason>();
  let joined: string[] = [];

  function leave({ id }: Tenant, reason: PollReason, retryMs: number): void {
    members.delete(id);
    if (said.get(id) !== reason)
      logger.warn({ tenant: id, reason }, "not on Fortnox's stream: the poll finds the tenant's changes");
    said.set(id, reason);
    away.set(id, { reason, retryAt: runtime.now() + jittered(retryMs, runtime.random) });
  }

  /** Somewhere in the second half of the token's life, so that additions and renewals spread over the hour. */
  function dueOf(expiresAt: number): number {
    const now = runtime.now();
    return Math.min(now + (expiresAt - now) * (0.5 + 0.4 * runtime.random()), expiresAt - BEFORE_END_MS);
  }

  function settle({ tenant, accessToken, expiresAt }: Entry, company: string | null): void {
    if (company === null || company !== tenant.fortnoxDatabaseNumber) {
      leave(tenant, company === null ? 'tenant-refused' : 'other-company', RETRY_REFUSED_MS);
      return;
    }
    const before = members.get(tenant.id);
    if (before === undefined || before.expiresAt <= runtime.now()) joined.push(tenant.id);
    away.delete(tenant.id);
    said.delete(tenant.id);
    members.set(tenant.id, { company, accessToken, expiresAt, due: dueOf(expiresAt) });
  }

  async function withToken(tenant: Tenant, refused: string | undefined, renewed: boolean): Promise<Entry | null> {
    const inTime = new AbortController();
    try {
      const token = await Promise.race([
        deps.tokenOf(tenant.id, refused),
        sleep(runtime, TOKEN_WITHIN_MS, AbortSignal.any([inTime.signal, deps.signal])).then(() => null),
      ]);
      if (token !== null) return { ...token, tenant, renewed };
      if (!deps.signal.aborted) noToken(tenant, RETRY_MS, null);
    } catch (error) {
      noToken(tenant, isSyncError(error) && error.retry === 'auth' ? RETRY_REFUSED_MS : RETRY_MS, error);
    } finally {
      inTime.abort();
    }
    return null;
  }

  function noToken(tenant: Tenant, retryMs: number, error: unknown): void {
    const member = members.get(tenant.id);
    logger.warn({ tenant: tenant.id, err: error }, "no access token for Fortnox's stream; it is tried again");
    // It stays while its token is valid.
    if (member !== undefined && member.expiresAt > runtime.now()) {
      members.set(tenant.id, { ...member, due: Math.min(runtime.now() + RETRY_MS, member.expiresAt) });
    } else leave(tenant, 'token-missing', retryMs);
  }

  async function add(connection: Pick<StreamConnection, 'ask'>, entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return;
    const answer = await connection.ask({
      command: 'add-tenants-v1',
      clientSecret,
      accessTokens: entries.map(({ accessToken }) => bearer(accessToken)),
      includeChildTenants: false,
    });
    const named = ({ accessToken }: Entry, names: { has(token: string): boolean }) =>
      names.has(bearer(accessToken)) || names.has(accessToken);
    if (answer.ok) {
      for (const entry of entries) settle(entry, answer.tenantIds.get(bearer(entry.accessToken)) ?? null);
      return;
    }
    const invalid = entries.filter((entry) => named(entry, answer.invalidTokens));
    if (invalid.length > 0) {
      for (const { tenant } of invalid.filter(({ renewed }) => renewed))
        leave(tenant, 'token-refused', RETRY_REFUSED_MS);
      const again = invalid.filter(({ renewed }) => !renewed);
      const renewed = await Promise.all(again.map((entry) => withToken(entry.tenant, entry.accessToken, true)));
      const valid = entries.filter((entry) => !named(entry, answer.invalidTokens));
      return add(connection, [...valid, ...renewed.filter((entry) => entry !== null)]);
    }
    const [only] = entries;
    if (entries.length === 1 && only !== undefined) {
      leave(only.tenant, 'tenant-refused', RETRY_REFUSED_MS);
      return;
    }
    // Nothing tells whose fault it is: one tenant must not keep the others off.
    const half = Math.ceil(entries.length / 2);
    await add(connection, entries.slice(0, half));
    await add(connection, entries.slice(half));
  }

  async function remove(connection: Pick<StreamConnection, 'ask'>, tenants: readonly Tenant[]): Promise<void> {
    const wanted = new Set(tenants.map(({ id }) => id));
    for (const left of [away, said]) for (const id of left.keys()) if (!wanted.has(id)) left.delete(id);
    const gone = [...members].filter(([id]) => !wanted.has(id));
    if (gone.length === 0) return;
    for (const [id] of gone) members.delete(id);
    const companies = gone.map(([, { company }]) => Number(company));
    const { ok } = await connection.ask({ command: 'remove-tenants-v1', tenants: companies });
    // Events of a tenant that is not connected are left in any case.
    if (!ok) logger.warn({ count: gone.length }, "Fortnox's stream did not take off tenants that are not connected");
  }

  const isDue = ({ id }: Tenant): boolean => {
    const now = runtime.now();
    return now >= (members.get(id)?.due ?? away.get(id)?.retryAt ?? 0);
  };

  return {
    begin() {
      members.clear();
      away.clear();
    },
    async update(connection, tenants, live) {
      await remove(connection, tenants);
      const due = tenants.filter(isDue);
      joined = [];
      for (let from = 0; from < due.length; from += TENANTS_A_BATCH) {
        const batch = due.slice(from, from + TENANTS_A_BATCH);
        // A member's token is renewed, unless somebody has done so since.
        const asked = batch.map((tenant) => withToken(tenant, members.get(tenant.id)?.accessToken, false));
        const entries = await Promise.all(asked);
        await add(
          connection,
          entries.filter((entry) => entry !== null),
        );
      }
      if (due.length > 0) logger.info({ asked: due.length, members: members.size }, "added to Fortnox's stream");
      if (live && joined.length > 0) deps.onJoined(joined);
    },
    reasonOf: (tenantId) => (members.has(tenantId) ? null : (away.get(tenantId)?.reason ?? 'being-added')),
    count: () => members.size,
    refusedCount: () => [...away.values()].filter(({ reason }) => reason === 'tenant-refused').length,
  };
}
