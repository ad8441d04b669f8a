import type { FiguresOf } from '../admin/figures.ts';
import type { Hooks } from '../admin/hooks.ts';
import type { Removal } from '../admin/remove.ts';
import type { Lookup } from '../admin/search.ts';
import type { Admin } from '../admin/tenants.ts';
import type { Explain } from '../explain/explain.ts';
import type { Imports } from '../imports/imports.ts';
import type { Mending } from '../mending/mending.ts';
import type { Persons } from '../persons/persons.ts';
import type { Reconcile } from '../reconcile/reconcile.ts';
import type { StreamState } from '../stream/state.ts';
import type { BudgetUse } from '../vendors/connections-types.ts';
import type { Routes } from './routed.ts';
import { STREAM_SHARD } from './shards.ts';

/** What administrators ask for. */
export interface ApiParts {
  readonly admin: Admin;
  readonly removal: Pick<Removal, 'remove'>;
  readonly hooks: Pick<Hooks, 'rotate'>;
  readonly mending: Mending;
  readonly explain: Explain;
  readonly persons: Persons;
  readonly imports: Imports;
  readonly reconcile: Reconcile;
  readonly budgets: { of(tenantId: string): Promise<{ fortnox: BudgetUse; webcrm: BudgetUse }> };
  readonly streamState: { of(tenantId: string): Promise<StreamState> };
  readonly figures: { of(tenantId: string): Promise<FiguresOf> };
  readonly lookup: Lookup;
}

/** The tenant that the first argument names. */
export const byId = (tenantId: string): string => tenantId;
const byTenant = ({ id }: { readonly id: string }): string => id;
const byRequest = ({ tenant }: { readonly tenant: { readonly id: string } }): string => tenant.id;

/**
 * What calls a vendor, takes locks of a pair or meets work that is under way is done by the tenant's owner, wherever it was asked for. The
 * rest reads and writes the store, and is right anywhere.
 */
export const routeApi = (part: Routes['part'], parts: ApiParts): ApiParts => ({
  admin: part('admin', parts.admin, {
    check: byId,
    connect: byId,
    resume: byId,
    setWebcrmToken: byId,
    setFortnoxGrant: byId,
  }),
  removal: part('removal', parts.removal, { remove: byId }),
  hooks: part('hooks', parts.hooks, { rotate: byTenant }),
  mending: part('mending', parts.mending, {
    decide: byRequest,
    link: byRequest,
    relink: byRequest,
    unlink: byRequest,
    forget: byRequest,
    recreate: byRequest,
    syncSince: byRequest,
  }),
  persons: part('persons', parts.persons, { erase: byRequest }),
  explain: part('explain', parts.explain, { record: byTenant }),
  imports: part(
    'imports.view',
    part('imports', parts.imports, { begin: byTenant, start: byTenant, stop: byId, resume: byTenant }),
    { list: byId, progress: byId },
    { instead: true },
  ),
  reconcile: part('reconcile', parts.reconcile, { begin: byTenant }),
  budgets: part('budgets', parts.budgets, { of: byId }, { instead: true }),
  figures: part('figures', parts.figures, { of: byId }, { instead: true }),
  lookup: part('lookup', parts.lookup, { atVendors: byTenant, fields: byTenant, named: byId }),
  streamState: part('stream', parts.streamState, { of: byId }, { instead: true, shard: STREAM_SHARD }),
});
