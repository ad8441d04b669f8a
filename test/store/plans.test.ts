import t from 'tap';
import { type Db, openDb } from '../../src/store/embedded/db.ts';
import { OPS } from '../../src/store/embedded/ops/index.ts';
import { MIGRATIONS, migrate } from '../../src/store/embedded/schema.ts';
import { alertOf, listedOf, orderOf, rowsOf, tenantOf, tokenOf } from './fixtures.ts';

/** A connection that notes each statement it is given. */
function listening(db: Db): { db: Db; heard: { sql: string; params: number }[] } {
  const heard: { sql: string; params: number }[] = [];
  const note = (sql: string, params: readonly unknown[]) => heard.push({ sql, params: params.length });
  return {
    heard,
    db: {
      ...db,
      get(sql, ...params) {
        note(sql, params);
        return db.get(sql, ...params);
      },
      all(sql, ...params) {
        note(sql, params);
        return db.all(sql, ...params);
      },
      run(sql, ...params) {
        note(sql, params);
        return db.run(sql, ...params);
      },
    },
  };
}

const cursorOf = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url');
const after = { entity: 'delivery', side: 'webcrm', id: '1' };
const stored = orderOf('p', { webcrmId: '1', rows: rowsOf('1', '2') });
const CALLS: readonly (readonly [name: string, ...args: unknown[]])[] = [
  ['pairs.get', 't1', 'p'],
  ['pairs.bySide', 't1', 'delivery', 'webcrm', '1'],
  ['pairs.bySide', 't1', 'order', 'fortnox', '1'],
  ['pairs.byInvoice', 't1', '1'],
  ['pairs.byLine', 't1', '1'],
  ['pairs.openOrders', 't1', '1'],
  ['pairs.byIntentKey', 't1', 'k'],
  ['pairs.replace', { ...stored, rows: rowsOf('2', '3') }],
  ['pairs.list', 't1', { limit: 5 }],
  ['pairs.list', 't1', { limit: 5, state: 'linked' }],
  ['pairs.list', 't1', { limit: 5, entity: 'delivery' }],
  ['pairs.list', 't1', { limit: 5, entity: 'delivery', state: 'linked' }],
  ['pairs.list', 't1', { limit: 5, reason: 'r' }],
  ['pairs.list', 't1', { limit: 5, reason: 'r', entity: 'delivery', state: 'linked', cursor: cursorOf(5, 'p') }],
  ['pairs.walk', 't1', { limit: 5, entity: 'delivery' }],
  ['pairs.walk', 't1', { limit: 5, entity: 'delivery', cursor: cursorOf('p') }],
  ['decisions.list', 't1', { limit: 5, reason: 'r' }],
  ['decisions.list', 't1', { limit: 5, reason: 'r', cursor: cursorOf(5, 'delivery', 'webcrm', '1') }],
  ['imports.list', 't1', { limit: 5, cursor: cursorOf(5, 'i') }],
  ['activity.list', 't1', { limit: 5, pairId: 'p' }],
  ['activity.list', 't1', { limit: 5, pairId: 'p', reason: 'r', entity: 'delivery' }],
  ['activity.list', 't1', { limit: 5, webcrmId: '1', entity: 'delivery', action: 'updated' }],
  ['activity.list', 't1', { limit: 5, entity: 'delivery' }],
  ['activity.list', 't1', { limit: 5, reason: 'r' }],
  ['activity.list', 't1', { limit: 5, reason: 'r', entity: 'delivery', from: 1, to: 9, cursor: cursorOf(5, 5) }],
  ['activity.list', 't1', { limit: 5, from: 1, to: 9, cursor: cursorOf(5, 5) }],
  ['activity.expire', 5],
  ['pairs.delete', 't1', 'p', 1],
  ['listed.put', [listedOf('1')]],
  ['listed.get', 't1', 'i', 'customer', 'webcrm', '1'],
  ['listed.find', 't1', 'i', 'customer', 'webcrm', 'number', '1'],
  ['listed.find', 't1', 'i', 'customer', 'webcrm', 'organisationNumber', '1'],
  ['listed.find', 't1', 'i', 'customer', 'webcrm', 'name', '1'],
  ['listed.list', 't1', 'i', { limit: 5 }],
  ['listed.list', 't1', 'i', { limit: 5, kind: 'customer', cursor: cursorOf('webcrm', '1') }],
  ['listed.list', 't1', 'i', { limit: 5, kind: 'customer', side: 'webcrm', cursor: cursorOf('1') }],
  ['listed.list', 't1', 'i', { limit: 5, outcome: 'match', cursor: cursorOf('customer', 'webcrm', '1') }],
  ['listed.list', 't1', 'i', { limit: 5, outcome: 'match', kind: 'customer', cursor: cursorOf('webcrm', '1') }],
  ['listed.touch', 't1', 'customer', 'webcrm', '1'],
  ['listed.clear', 't1', 'i'],
  ['states.get', 't1', 's'],
  ['jobs.cancelImport', 't1', 'i'],
  ['decisions.set', 't1', 'delivery', 'webcrm', '1', 'waits', 1, 'fortnox:1'],
  ['decisions.waitingFor', 't1', 'fortnox:1', { limit: 5 }],
  ['decisions.waitingFor', 't1', 'fortnox:1', { limit: 5, after }],
  ['decisions.get', 't1', 'delivery', 'webcrm', '1'],
  ['tokens.get', 'k'],
  ['tokens.replace', tokenOf('k', { version: 0 })],
  ['tokens.use', 'k', 5],
  ['answers.count', 'root', 5, 10],
  ['answers.begin', 'root', 'k', 'f', 5, 9],
  ['answers.finish', 'root', 'k', 'sealed', 9],
  ['answers.drop', 'root', 'k'],
  ['tombstones.put', 't1', 'h', 5],
  ['tombstones.has', 't1', 'h'],
  ['listed.forget', 't1', 'customer', 'webcrm', '1'],
  ['jobs.forget', 't1', ['k']],
  ['jobs.dueAmong', ['t1', 't2'], 5],
  ['activity.forget', 't1', ['a']],
  ['tombstones.remove', 't1', 'h'],
  ['jobs.claim', 't1', 'o', 1, 1, 1],
  ['jobs.buryOwner', 'o', 1],
  ['fenced.list', 'kind'],
  ['fenced.put', 'kind', 'id', 1, {}, 1],
  ['fenced.expire', 'kind', 1],
  ['mail.put', [{ to: 'box', name: 'n', body: '' }], 9],
  ['mail.take', ['box', 'other'], 5, 1],
  ['mail.expire', 5],
  ['alerts.list', { limit: 5, cursor: cursorOf(5, 't1', 'hold') }],
  ['alerts.list', { limit: 5, state: 'raised' }],
  ['alerts.list', { limit: 5, state: 'raised', tenant: 't1', cursor: cursorOf(5, 'hold') }],
  ['alerts.due', 5, 5],
  ['alerts.put', alertOf('t1', 'hold')],
  ['alerts.put', alertOf('t1', 'hold', { version: 1 })],
  ['tenants.remove', 't1'],
];

t.test('B5 every search goes by an index, however many records there are', async (t) => {
  const plain = openDb(':memory:');
  migrate(plain, MIGRATIONS);
  const { db, heard } = listening(plain);
  OPS.get('pairs.insert')?.(db, stored);
  OPS.get('tenants.insert')?.(db, tenantOf('t1'));
  OPS.get('tokens.insert')?.(db, tokenOf('k', { version: 0 }));
  for (const [name, ...args] of CALLS) {
    heard.length = 0;
    const run = OPS.get(name);
    if (run === undefined) throw new Error(`no operation ${name}`);
    run(db, ...args);
    t.ok(heard.length > 0, name);
    for (const { sql, params } of heard) {
      const values = Array.from({ length: params }, () => '');
      const steps = plain.all(`EXPLAIN QUERY PLAN ${sql}`, ...values).map((row) => String(row.detail));
      // A plain list walks the tenant's own order; and its removal takes all; every other step must narrow by more than the tenant.
      const walks =
        name === 'tenants.remove' ||
        (name === 'pairs.list' && args.length === 2 && Object.keys(args[1] as object).length === 1);
      for (const step of steps) {
        t.notMatch(step, name.endsWith('.list') ? /SCAN|TEMP B-TREE/ : /SCAN/, `${name}: ${step}`);
        if (!walks) t.notMatch(step, /\(tenant=\?\)$/, `${name}: ${step}`);
      }
    }
  }
  plain.close();
});
