import type { Listed } from '../../schemas/imports.ts';
import type { Tombstones } from '../persons/tombstones.ts';
import type { Store } from '../store/port.ts';
import { text } from '../sync/normalise.ts';
import type { RecordRef } from '../sync/record-ref.ts';
import { isDocument } from './lists.ts';

export interface KeptDeps {
  readonly store: { readonly listed: Pick<Store['listed'], 'put' | 'get' | 'forget'> };
  readonly tombstones: Pick<Tombstones, 'any' | 'isErased'>;
}

/** Stores a page as it was listed, without erased persons (R77); gives back what was kept. */
export async function keepListed(deps: KeptDeps, rows: readonly Listed[]): Promise<readonly Listed[]> {
  const erased = await erasedAmong(deps, rows);
  return putUnlessErased(
    deps,
    rows.filter((row) => !erased.has(row)),
  );
}

/** Stores verdicts, and keeps what was marked as changed meanwhile. A record that was erased meanwhile is not stored again (R77). */
export async function keepVerdicts(deps: KeptDeps, records: readonly Listed[]): Promise<void> {
  const present = await Promise.all(
    records.map(({ tenant, importId, kind, side, id }) => deps.store.listed.get(tenant, importId, kind, side, id)),
  );
  const kept = records.flatMap((record, i) => {
    const now = present[i];
    return now ? [{ ...record, stale: now.stale }] : [];
  });
  await putUnlessErased(deps, kept);
}

/**
 * An erasure leaves its tombstone first and deletes afterwards: one that fell between our look and our writing either finds what we
 * wrote, or is found here.
 */
async function putUnlessErased(deps: KeptDeps, rows: readonly Listed[]): Promise<readonly Listed[]> {
  const { listed } = deps.store;
  if (rows.length > 0) await listed.put(rows);
  const erased = await erasedAmong(deps, rows);
  for (const { tenant, kind, side, id } of erased) await listed.forget(tenant, kind, side, id);
  return rows.filter((row) => !erased.has(row));
}

async function erasedAmong({ tombstones }: KeptDeps, rows: readonly Listed[]): Promise<ReadonlySet<Listed>> {
  const tenant = rows[0]?.tenant;
  if (tenant === undefined || !(await tombstones.any(tenant))) return new Set();
  const isErased = await Promise.all(
    rows.map(async (row) => {
      for (const record of personsOf(row)) if (await tombstones.isErased(tenant, record)) return true;
      return false;
    }),
  );
  return new Set(rows.filter((_, index) => isErased[index]));
}

/** The record, and of a document its customer: Fortnox's lists tell that one's name. */
function personsOf({ kind, side, id, record }: Listed): readonly RecordRef[] {
  const customer = text(side === 'webcrm' ? record?.DeliveryOrganisationId : record?.CustomerNumber);
  const own: RecordRef = { entity: kind, side, id };
  return isDocument(kind) && customer !== null ? [own, { entity: 'customer', side, id: customer }] : [own];
}
