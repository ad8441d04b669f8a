import type { Store } from '../../src/store/port.ts';

/** Everything that the store holds of a tenant, as text; of each kind the first thousand. */
export async function dumpTenant(store: Store, tenant: string): Promise<string> {
  const all = { limit: 1000 };
  const imports = (await store.imports.list(tenant, all)).items;
  return JSON.stringify([
    await store.tenants.get(tenant),
    await Promise.all(
      (['customer', 'delivery', 'article'] as const).map((entity) => store.pairs.walk(tenant, { ...all, entity })),
    ),
    await store.jobs.list(tenant, all),
    await store.activity.list(tenant, all),
    await store.decisions.list(tenant, all),
    imports,
    await Promise.all(imports.map(({ id }) => store.listed.list(tenant, id, all))),
    await store.secrets.list(tenant),
    await store.states.get(tenant, 'reconcile'),
  ]);
}
