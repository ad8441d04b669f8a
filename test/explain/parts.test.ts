import t from 'tap';
import type { Pair } from '../../schemas/records.ts';
import { ERROR_CODES } from '../../src/errors/codes.ts';
import { isKnownCode, tell } from '../../src/explain/codes.ts';
import { createOverlay } from '../../src/explain/overlay-store.ts';
import { RULES } from '../../src/explain/rules.ts';
import { createRehearsalVendors, NotRead } from '../../src/explain/vendors.ts';
import { WouldWrite } from '../../src/explain/would-write.ts';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import { REASONS } from '../../src/sync/reasons.ts';
import type { TenantConnection } from '../../src/vendors/connections-types.ts';

/** Reasons that tell of what was done, that all is well, or of an import alone: no rule fails by them. */
const NO_FAULT = [
  'other-direction',
  'in-step',
  'linked-by-number',
  'linked-by-organisation-number',
  'linked-by-document-number',
  'recovered',
  'created-in-fortnox',
  'created-in-webcrm',
  'line-held-more',
];

t.test('B2 each reason of the engine fails a rule, or is no fault of the record', async (t) => {
  const placed = new Set<string>(Object.values(RULES).flatMap((lines) => lines.flatMap(({ fails }) => fails)));
  for (const reason of Object.keys(REASONS)) t.ok(placed.has(reason) || NO_FAULT.includes(reason), reason);
});

t.test('B2 each list names a rule once, and each code has its sentence', async (t) => {
  for (const [kind, lines] of Object.entries(RULES)) {
    t.equal(new Set(lines.map(({ id }) => id)).size, lines.length, kind);
    for (const { fails } of lines) for (const code of fails) t.match(tell(code).sentence, /\.$/, code);
  }
  t.ok(Object.keys(ERROR_CODES).every(isKnownCode));
  t.notOk(isKnownCode('by-hand'));
  t.equal(tell('vendor-refused', 'Fortnox said no.').sentence, 'Fortnox said no.');
});

function connection(asked: string[]): TenantConnection {
  const answer = (name: string, value: unknown) => async () => {
    asked.push(name);
    return value;
  };
  const fortnox = {
    getCustomer: answer('getCustomer', { CustomerNumber: '1', Name: 'Ett', Phone1: '08' }),
    updateCustomer: answer('updateCustomer', null),
    createCustomer: answer('createCustomer', null),
  };
  const webcrm = { updateOrganisation: answer('updateOrganisation', null), deleteLine: answer('deleteLine', null) };
  return { fortnox, webcrm } as unknown as TenantConnection;
}

t.test('B2 a rehearsal reads each thing once and writes nothing', async (t) => {
  const asked: string[] = [];
  const { vendors, replay, writes, hasRead, reads } = createRehearsalVendors(connection(asked));
  await t.rejects(replay.fortnox.getCustomer('1', 0), NotRead);
  await vendors.fortnox.getCustomer('1', 0);
  await vendors.fortnox.getCustomer('1', 2);
  t.strictSame(asked, ['getCustomer']);
  t.match(await replay.fortnox.getCustomer('1', 0), { Name: 'Ett' });
  t.match(await vendors.fortnox.updateCustomer('1', { Name: 'Två' }, 0), { Name: 'Två', Phone1: '08' });
  await vendors.webcrm.updateOrganisation('7', { OrganisationName: 'Två' }, 0);
  await vendors.webcrm.deleteLine('9', 0);
  await t.rejects(vendors.fortnox.createCustomer({ Name: 'Tre' }, 0), WouldWrite);
  await t.rejects(vendors.fortnox.companyInformation(0), { code: 'internal' });
  t.strictSame(asked, ['getCustomer']);
  t.match(writes, [
    { side: 'fortnox', action: 'update', kind: 'customer', id: '1', fields: { Name: 'Två' } },
    { side: 'webcrm', action: 'update', kind: 'organisation', id: '7' },
    { side: 'webcrm', action: 'delete', kind: 'line', id: '9' },
    { side: 'fortnox', action: 'create', kind: 'customer', id: null, fields: { Name: 'Tre' } },
  ]);
  t.ok(hasRead('fortnox.getCustomer'));
  t.notOk(hasRead('webcrm.getOrganisation'));
  t.equal(reads(), 1);
});

const pair = (more: Partial<Pair>): Pair => ({
  schema: 2,
  id: 'p1',
  tenant: 't',
  entity: 'delivery',
  webcrmId: '1',
  fortnoxKind: 'order',
  fortnoxId: '10',
  invoiceRef: null,
  customerNumber: '5',
  state: 'linked',
  base: null,
  rows: null,
  intent: null,
  reason: 'in-step',
  candidates: [],
  version: 1,
  createdAt: 0,
  updatedAt: 0,
  ...more,
});

t.test('B2 what a rehearsal stores is seen by itself alone', async (t) => {
  const real = createInlineStore();
  t.teardown(() => real.close());
  const stored = pair({});
  await real.pairs.insert(stored);
  const { store, lines, decisions } = createOverlay(real, stored);
  t.equal((await store.pairs.get('t', 'p1'))?.reason, null, 'what was told last is forgotten');

  const changed = await store.pairs.replace({ ...stored, invoiceRef: '20' });
  t.equal(changed.version, 2);
  await t.rejects(store.pairs.replace(stored), { code: 'version-changed' });
  await store.pairs.insert(pair({ id: 'p2', webcrmId: '2', fortnoxId: null, version: 1 }));
  await store.pairs.replace(pair({ id: 'p2', webcrmId: '2', fortnoxId: '11' }));
  t.match(await store.pairs.byInvoice('t', '20'), [{ id: 'p1' }]);
  t.match(await store.pairs.openOrders('t', '5'), [{ id: 'p2' }]);
  t.match(await store.pairs.bySide('t', 'order', 'fortnox', '11'), { id: 'p2' });
  t.ok(await store.pairs.delete('t', 'p2', 2));
  t.equal(await store.pairs.bySide('t', 'order', 'fortnox', '11'), null);
  t.ok(await store.decisions.set('t', 'delivery', 'webcrm', '3', 'no-rows', 0));
  t.strictSame(decisions, [{ reason: 'no-rows', waitsFor: null }]);
  await t.rejects(store.jobs.enqueue([], 0), { code: 'internal' });
  await t.rejects(store.cursors.put('t', 'poll', 0), { code: 'internal' });
  t.strictSame(lines, []);

  t.match(await real.pairs.get('t', 'p1'), { version: 1, invoiceRef: null, reason: 'in-step' });
  t.equal(await real.pairs.get('t', 'p2'), null);
  t.equal(await real.decisions.get('t', 'delivery', 'webcrm', '3'), null);
});
