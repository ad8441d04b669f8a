import { useEffect, useState } from 'preact/hooks';
import { ofTenant, post } from './api.ts';
import type { RecordName, Side } from './types.ts';

export interface Ref {
  readonly entity: string;
  readonly side: Side;
  readonly id: string;
}
export const refKey = ({ entity, side, id }: Ref): string => `${entity}:${side}:${id}`;

const BATCH = 200;

/**
 * What records are called, for lists that name them by id. A record that has no name is asked for once. `vendors`: customers that no pair knows
 * are asked for at the vendors themselves.
 */
export function useNames(
  tenant: string,
  refs: readonly Ref[],
  { vendors = false }: { vendors?: boolean } = {},
): (ref: Ref) => RecordName | undefined {
  const [names, setNames] = useState<ReadonlyMap<string, RecordName>>(new Map());
  const missing = [...new Map(refs.map((ref) => [refKey(ref), ref])).values()].filter((ref) => !names.has(refKey(ref)));
  const key = missing.map(refKey).join('\n');
  useEffect(() => {
    if (key === '') return;
    let dropped = false;
    const records = missing.slice(0, BATCH).map(({ entity, side, id }) => ({ entity, side, id }));
    const ask = (body: object) => post<{ items: RecordName[] }>(ofTenant(tenant, '/names'), body);
    const take = (items: readonly RecordName[]) =>
      setNames((before) => new Map([...before, ...items.map((one) => [refKey(one), one] as const)]));
    const named = async () => {
      const { items } = await ask({ records });
      if (dropped) return;
      take(items);
      // What is known shows at once; the vendors take their time.
      const unknown = records.filter((_, at) => items[at]?.name === null);
      if (vendors && unknown.length > 0) take((await ask({ records: unknown, vendors })).items);
    };
    named().catch(
      // Names are a help: without them the ids are shown.
      () => {},
    );
    return () => {
      dropped = true;
    };
  }, [tenant, key, vendors]);
  return (ref) => names.get(refKey(ref));
}
