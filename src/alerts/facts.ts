import type { Side, Tenant } from '../../schemas/records.ts';
import { cursorsOf, pollCursor } from '../intake/cursors.ts';
import { followed, isNeeded } from '../intake/followed.ts';
import type { Store } from '../store/port.ts';
import type { FortnoxTokens } from '../vendors/fortnox/tokens.ts';
import type { Vault } from '../vendors/vault.ts';
import type { TenantFacts } from './kinds.ts';

export interface FactDeps {
  readonly store: Pick<Store, 'jobs' | 'pairs' | 'cursors'>;
  readonly vault: Pick<Vault, 'list' | 'get'>;
}

/** A token younger than this is of no interest, and stays sealed. */
const YOUNG_MS = 24 * 3_600_000;

/** Reads what alerts are judged by: five small reads, each minute of each tenant. Raises what the store raises. */
export async function readFacts({ store, vault }: FactDeps, tenant: Tenant, now: number): Promise<TenantFacts> {
  const [depth, pairs, cursors, refreshTokenAt] = await Promise.all([
    store.jobs.depth(tenant.id),
    store.pairs.counts(tenant.id),
    cursorsOf(store, tenant.id),
    readTokenTime(vault, tenant.id, now),
  ]);
  const polled = { webcrm: polledTo(cursors, tenant, 'webcrm'), fortnox: polledTo(cursors, tenant, 'fortnox') };
  return { tenant, depth, conflicts: pairs.conflict ?? 0, polled, refreshTokenAt };
}

/** The oldest cursor of what the tenant cannot do without. */
function polledTo(cursors: ReadonlyMap<string, number>, tenant: Tenant, side: Side): number | null {
  const entities = followed(tenant, side).filter((entity) => isNeeded(tenant, entity));
  const known = entities.map((entity) => cursors.get(pollCursor(side, entity)) ?? null);
  return known.reduce<number | null>(
    (oldest, cursor) => (oldest === null || cursor === null ? null : Math.min(oldest, cursor)),
    Number.POSITIVE_INFINITY,
  );
}

async function readTokenTime(vault: FactDeps['vault'], tenant: string, now: number): Promise<number | null> {
  const stored = (await vault.list(tenant)).find(({ name }) => name === 'fortnox-tokens');
  if (stored === undefined || now - stored.updatedAt < YOUNG_MS) return null;
  const text = await vault.get(tenant, 'fortnox-tokens');
  if (text === null) return null;
  const tokens = JSON.parse(text) as FortnoxTokens;
  // The consent behind client credentials lasts until it is taken back (fortnox.md 2.3).
  return tokens.grant === 'refresh_token' ? tokens.issuedAt : null;
}
