import type { Entity, Pair, Side } from '../../schemas/records.ts';
import { SyncError } from '../errors/sync-error.ts';
import type { Store } from '../store/port.ts';

/** Whether the pair is the one of this record: by entity on webCRM's side, by kind on Fortnox's. */
const bears = (pair: Pair, entity: Entity, side: Side, id: string): boolean =>
  side === 'webcrm'
    ? pair.entity === entity && pair.webcrmId === id
    : pair.fortnoxKind === entity && pair.fortnoxId === id;

/** Pairs whose writes stay in memory; `changed` holds them, null where one was deleted. */
export function overlayPairs(real: Store['pairs'], changed: Map<string, Pair | null>): Store['pairs'] {
  const kept = async (tenant: string, id: string): Promise<Pair | null> => {
    const mine = changed.get(id);
    return mine === undefined ? real.get(tenant, id) : mine;
  };
  const mine = (fits: (pair: Pair) => boolean): Pair[] =>
    [...changed.values()].filter((pair) => pair !== null).filter(fits);

  async function one(found: Promise<Pair | null>, fits: (pair: Pair) => boolean): Promise<Pair | null> {
    const [own] = mine(fits);
    if (own !== undefined) return own;
    const pair = await found;
    return pair !== null && !changed.has(pair.id) ? pair : null;
  }

  async function many(found: Promise<readonly Pair[]>, fits: (pair: Pair) => boolean): Promise<Pair[]> {
    const own = mine(fits);
    const others = (await found).filter((pair) => !changed.has(pair.id));
    return [...own, ...others];
  }

  return {
    ...real,
    async insert(pair) {
      changed.set(pair.id, pair);
    },
    async replace(pair) {
      const now = await kept(pair.tenant, pair.id);
      if (now?.version !== pair.version)
        throw new SyncError('version-changed', `Pair ${pair.id} was changed meanwhile.`);
      const next = { ...pair, version: pair.version + 1 };
      changed.set(pair.id, next);
      return next;
    },
    async delete(tenant, id, version) {
      const now = await kept(tenant, id);
      if (now?.version !== version) return false;
      changed.set(id, null);
      return true;
    },
    get: kept,
    bySide: (tenant, entity, side, id) =>
      one(real.bySide(tenant, entity, side, id), (pair) => bears(pair, entity, side, id)),
    byIntentKey: (tenant, key) => one(real.byIntentKey(tenant, key), (pair) => pair.intent?.key === key),
    byLine: (tenant, lineId) =>
      one(real.byLine(tenant, lineId), (pair) => pair.rows?.some((row) => row.lineId === lineId) === true),
    byInvoice: (tenant, invoice) => many(real.byInvoice(tenant, invoice), (pair) => pair.invoiceRef === invoice),
    openOrders: (tenant, number) =>
      many(
        real.openOrders(tenant, number),
        (pair) => pair.fortnoxKind === 'order' && pair.customerNumber === number && pair.invoiceRef === null,
      ),
  };
}
