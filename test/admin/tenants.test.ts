import t from 'tap';
import type { Tenant } from '../../schemas/records.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../schemas/settings.ts';
import { mergeSettings } from '../../src/admin/settings-check.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import { changeTenant } from '../../src/store/change-tenant.ts';
import { createWorld } from '../routes/world.ts';

t.test('settings of documents and articles are laid key by key; what contradicts itself is named', async (t) => {
  const present: Settings = {
    ...DEFAULT_SETTINGS,
    documents: { ...DEFAULT_SETTINGS.documents, fields: { number: 'DeliveryNumber', remarks: 'DeliveryMemo' } },
  };
  const currencies = [{ webcrm: '00', fortnox: 'SEK' }];
  t.same(mergeSettings(present, { documents: { quietSeconds: 0, currencies }, articles: { inactive: 'mark' } }), {
    ...present,
    documents: { ...present.documents, quietSeconds: 0, currencies },
    articles: { ...present.articles, inactive: 'mark' },
  });
  const inner = { fields: { number: 'DeliveryCustom1' }, items: { number: 1, name: 2, unit: null } };
  t.match(mergeSettings(present, { documents: inner }).documents, { items: { unit: null } });
  t.same(mergeSettings(present, { documents: inner }).documents.fields, inner.fields, 'a group within is replaced');

  const faults = (change: unknown): string[] => {
    try {
      mergeSettings(present, change);
      return [];
    } catch (error) {
      return [...new Set(((error as SyncError).faults ?? []).map(({ field }) => field))];
    }
  };
  t.same(
    faults({
      documents: {
        fields: { number: 'DeliveryCustom1', invoiceNumber: 'DeliveryCustom1', remarks: 'DeliveryMemo' },
        items: { number: 1, name: 1, unit: 1 },
        currencies: [...currencies, { webcrm: '01', fortnox: 'SEK' }],
        timeZone: 'Europe/Atlantis',
      },
    }),
    [
      'documents.fields.invoiceNumber',
      'documents.items.name',
      'documents.items.unit',
      'documents.currencies.1.fortnox',
      'documents.timeZone',
    ],
  );
  t.same(faults({ documents: { timeZone: '' } }), ['documents.timeZone']);
  t.same(faults({ documents: { linePrice: 'gross' } }), ['documents.linePrice']);
  t.ok(faults({ documents: { colour: 1 } }).includes('documents.colour'));
  t.same(faults({ documents: null, articles: [] }), ['documents', 'articles']);
  t.same(faults({ articles: { priceList: 'a' } }), ['articles.priceList']);
});

t.test('a change of a tenant that loses against others is made anew on what they stored, five times', async (t) => {
  const world = await createWorld();
  t.teardown(world.close);
  const { tenant } = await world.services.admin.createTenant('One');
  let stored = tenant;
  let rivals = 4;
  const store = {
    tenants: {
      get: async (id: string) => (id === tenant.id ? stored : null),
      replace: async (next: Tenant) => {
        if (rivals > 0) {
          rivals -= 1;
          stored = { ...stored, name: `${stored.name}+`, version: stored.version + 1 };
          throw new SyncError('version-changed', 'Somebody was faster.');
        }
        stored = { ...next, version: next.version + 1 };
        return stored;
      },
    },
  };
  const changed = await changeTenant(store, tenant.id, (now) => ({ lineQuery: 'works', pausedReason: now.name }));
  t.match(changed, { name: 'One++++', pausedReason: 'One++++', lineQuery: 'works', version: 6 });
  rivals = 5;
  await t.rejects(
    changeTenant(store, tenant.id, () => ({})),
    { code: 'version-changed' },
  );
  await t.rejects(
    changeTenant(store, 'nobody', () => ({})),
    { code: 'not-found' },
  );
});
