import type { Pair, Tenant } from '../../schemas/records.ts';
import type { RecordRef } from '../sync/record-ref.ts';
import { type Choice, decide } from './decide.ts';
import type { MendingDeps, Request } from './deps.ts';
import { releaseTenant } from './hold.ts';
import { linkByHand, type Relink, relink } from './link.ts';
import type { Wanted } from './link-checks.ts';
import { type Recreate, recreate } from './recreate.ts';
import { syncRecords, syncSince } from './sync-now.ts';
import { forget, unlink } from './unlink.ts';

/** What a person can do to pairs and jobs (B4, B6). Each leaves a line that names the request; promises stand with each. */
export interface Mending {
  decide(request: Request, pairId: string, choice: Choice): Promise<Pair>;
  link(request: Request, wanted: Wanted): Promise<Pair>;
  relink(request: Request, pairId: string, to: Relink): Promise<Pair>;
  unlink(request: Request, pairId: string): Promise<Pair>;
  forget(request: Request, pairId: string): Promise<void>;
  recreate(request: Request, pairId: string, how: Recreate): Promise<Pair>;
  syncRecords(request: Request, records: readonly RecordRef[]): Promise<string[]>;
  syncSince(request: Request, since: number): Promise<number>;
  release(request: Request): Promise<Tenant>;
}

export const createMending = (deps: MendingDeps): Mending => ({
  decide: (request, pairId, choice) => decide(deps, request, pairId, choice),
  link: (request, wanted) => linkByHand(deps, request, wanted),
  relink: (request, pairId, to) => relink(deps, request, pairId, to),
  unlink: (request, pairId) => unlink(deps, request, pairId),
  forget: (request, pairId) => forget(deps, request, pairId),
  recreate: (request, pairId, how) => recreate(deps, request, pairId, how),
  syncRecords: (request, records) => syncRecords(deps, request, records),
  syncSince: (request, since) => syncSince(deps, request, since),
  release: ({ tenant, by }) => releaseTenant(deps, tenant.id, by),
});
