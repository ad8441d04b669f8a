import type { Entity, Side } from '../../schemas/records.ts';
import type { Store } from '../store/port.ts';

/** Name of the cursor up to which an entity's changes are queued. */
export const pollCursor = (side: Side, entity: Entity): string => `poll:${side}:${entity}`;

/** All cursors of a tenant by name, in one read. Raises what the store raises. */
export async function cursorsOf(store: Pick<Store, 'cursors'>, tenant: string): Promise<ReadonlyMap<string, number>> {
  return new Map((await store.cursors.list(tenant)).map(({ name, at }) => [name, at]));
}
