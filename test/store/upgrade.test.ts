import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { jobKey } from '../../schemas/records.ts';
import { DEFAULT_SETTINGS } from '../../schemas/settings.ts';
import { type Db, openDb } from '../../src/store/embedded/db.ts';
import { readDocument } from '../../src/store/embedded/documents.ts';
import { createInlineStore } from '../../src/store/embedded/embedded-store.ts';
import { type DocumentCollection, newestSchema } from '../../src/store/embedded/upgrades.ts';
import { orderOf, pairOf, rowsOf, tenantOf } from './fixtures.ts';

const textOf = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
// biome-ignore lint/suspicious/noExplicitAny: documents of an older form have no type any more
const documentOf = (name: string): any => JSON.parse(textOf(name));

const TENANT = documentOf('tenant-1.json');
const LINKED = documentOf('pair-1-linked.json');
const CREATING = { ...documentOf('pair-1-creating.json'), reason: 'lost-answer' };
const LINE = documentOf('activity-1.json');
const SETTINGS_LINE = {
  ...LINE,
  id: 'a2',
  at: 500,
  entity: 'tenant',
  webcrmId: null,
  pairId: null,
  reasons: ['x', 'y', 'x'],
};
const RUN = documentOf('import-1.json');

const NEW_IN_PAIR = { schema: 2, fortnoxKind: 'customer', invoiceRef: null, customerNumber: null, rows: null };
const UPGRADED = {
  tenant: {
    ...TENANT,
    schema: 4,
    settings: {
      ...TENANT.settings,
      documents: DEFAULT_SETTINGS.documents,
      articles: DEFAULT_SETTINGS.articles,
      reconcile: DEFAULT_SETTINGS.reconcile,
      holdAbove: DEFAULT_SETTINGS.holdAbove,
    },
    partialPut: { organisation: 'proven', delivery: 'unknown', line: 'unknown', item: 'unknown' },
    lineQuery: 'unknown',
    hold: null,
    pausedParts: [],
  },
  linked: { ...LINKED, ...NEW_IN_PAIR },
  run: {
    ...RUN,
    schema: 2,
    kinds: ['customer'],
    direction: 'both',
    from: null,
    dryRun: false,
    compared: 2,
    queued: 2,
    counts: {},
    step: null,
    runningSince: 800,
  },
  creating: { ...CREATING, ...NEW_IN_PAIR, intent: { ...CREATING.intent, rows: null } },
};

/** A file as the first release left it when its process was killed. */
function makeVersion1(path: string): void {
  mkdirSync(dirname(path));
  const db = openDb(path);
  db.exec(textOf('version-1.sql'));
  db.run(
    'INSERT INTO tenants (id, hook_token, fortnox_database, version, created_at, doc) VALUES (?, ?, ?, ?, ?, ?)',
    ...[TENANT.id, TENANT.hookToken, TENANT.fortnoxDatabaseNumber, TENANT.version, TENANT.createdAt],
    JSON.stringify(TENANT),
  );
  for (const pair of [LINKED, CREATING])
    db.run(
      `INSERT INTO pairs (tenant, id, entity, webcrm_id, fortnox_id, state, intent_key, version, updated_at, doc)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[pair.tenant, pair.id, pair.entity, pair.webcrmId, pair.fortnoxId, pair.state, pair.intent?.key ?? null],
      ...[pair.version, pair.updatedAt, JSON.stringify(pair)],
    );
  for (const line of [LINE, SETTINGS_LINE])
    db.run(
      `INSERT INTO activity (tenant, id, at, webcrm_id, fortnox_id, action, expires_at, doc)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[line.tenant, line.id, line.at, line.webcrmId, line.fortnoxId, line.action, line.expiresAt],
      JSON.stringify(line),
    );
  db.run('INSERT INTO imports (tenant, id, doc) VALUES (?, ?, ?)', RUN.tenant, RUN.id, JSON.stringify(RUN));
  db.close();
}

const layoutOf = (db: Db) =>
  db
    .all(`SELECT type, name, tbl_name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name`)
    .map((row) => `${row.type} ${row.name} ${row.tbl_name}`)
    .concat(
      db
        .all(
          `SELECT m.name AS tab, c.name AS col FROM sqlite_master m JOIN pragma_table_info(m.name) c
           WHERE m.type = 'table' ORDER BY 1, 2`,
        )
        .map((row) => `${row.tab}.${row.col}`),
    );

t.test('B1 a file of version 1 is brought to the newest, and nothing in it is lost', async (t) => {
  const dir = t.testdir();
  const path = join(dir, 'old', 'store.db');
  makeVersion1(path);
  let store = createInlineStore(path);

  t.strictSame(await store.tenants.get('t1'), UPGRADED.tenant);
  t.strictSame(await store.tenants.byHookToken('hook-1'), UPGRADED.tenant);
  t.strictSame((await store.tenants.list({ limit: 5 })).items, [UPGRADED.tenant]);
  t.strictSame(await store.pairs.get('t1', 'p-linked'), UPGRADED.linked);
  t.strictSame(await store.pairs.bySide('t1', 'customer', 'webcrm', '41'), UPGRADED.linked);
  t.strictSame(await store.pairs.bySide('t1', 'customer', 'fortnox', '10'), UPGRADED.linked);
  t.strictSame(await store.pairs.byIntentKey('t1', 'wcf-42'), UPGRADED.creating);
  t.strictSame((await store.pairs.list('t1', { limit: 5, entity: 'customer' })).items, [
    UPGRADED.linked,
    UPGRADED.creating,
  ]);
  t.strictSame(await store.pairs.openOrders('t1', '10'), []);
  t.strictSame((await store.activity.list('t1', { limit: 5, webcrmId: '41' })).items, [LINE]);
  t.strictSame((await store.activity.list('t1', { limit: 5, pairId: 'p-linked', entity: 'customer' })).items, [LINE]);
  for (const reason of ['x', 'y'])
    t.strictSame((await store.activity.list('t1', { limit: 5, reason, entity: 'tenant' })).items, [SETTINGS_LINE]);
  t.strictSame((await store.pairs.list('t1', { limit: 5, reason: 'lost-answer' })).items, [UPGRADED.creating]);
  t.strictSame((await store.pairs.walk('t1', { limit: 5, entity: 'customer' })).items, [
    UPGRADED.creating,
    UPGRADED.linked,
  ]);
  t.strictSame((await store.decisions.list('t1', { limit: 5, reason: 'type-not-selected' })).items, [
    { entity: 'customer', side: 'webcrm', id: '43', reason: 'type-not-selected', at: 700, waitsFor: null },
  ]);
  t.strictSame(await store.imports.get('t1', 'i1'), UPGRADED.run);
  t.strictSame((await store.imports.list('t1', { limit: 5 })).items, [UPGRADED.run]);
  t.strictSame(await store.jobs.countImport('t1', 'i1'), { open: 1, dead: 0, failing: 0 });
  t.match(await store.jobs.get('t1', jobKey({ entity: 'customer', side: 'webcrm', id: '41' })), {
    state: 'waiting',
    attempts: 2,
    runAt: 900,
    lastError: { code: 'vendor-failed' },
  });
  t.match(await store.jobs.get('t1', jobKey({ entity: 'customer', side: 'fortnox', id: '10' })), {
    state: 'waiting',
    attempts: 1,
    importId: 'i1',
    full: false,
    leaseOwner: null,
  });
  t.strictSame(await store.decisions.get('t1', 'customer', 'webcrm', '43'), { reason: 'type-not-selected', at: 700 });
  t.equal(await store.decisions.set('t1', 'customer', 'webcrm', '43', 'type-not-selected', 1, 'webcrm:41'), false);
  t.equal((await store.decisions.waitingFor('t1', 'webcrm:41', { limit: 5 })).length, 1);
  t.equal(await store.cursors.get('t1', 'poll:fortnox:customer'), 1764000000123);
  t.equal(await store.secrets.get('t1', 'webcrm'), 'v1.sealed');
  t.equal(await store.seen.add('t1', 'w1', 5, 99), false);

  const duplicate = { code: 'store-duplicate' };
  await t.rejects(store.pairs.insert(pairOf('q', { fortnoxId: '10' })), duplicate, 'old rows keep their keys');
  await t.rejects(store.pairs.insert(pairOf('q', { webcrmId: '42' })), duplicate);
  await t.rejects(store.tenants.insert(tenantOf('t9', { fortnoxDatabaseNumber: '1234' })), duplicate);
  await store.pairs.insert(orderOf('o', { fortnoxId: '10', rows: rowsOf('1') }));

  const replaced = await store.pairs.replace(UPGRADED.linked);
  t.strictSame(replaced, { ...UPGRADED.linked, version: 4 });
  const tenant = await store.tenants.replace(UPGRADED.tenant);
  await store.close();

  const db = openDb(path);
  const schemas = db.all(`SELECT id, json_extract(doc, '$.schema') AS n FROM pairs ORDER BY id`);
  t.strictSame(
    schemas.map((row) => [row.id, row.n]),
    [
      ['o', 2],
      ['p-creating', 1],
      ['p-linked', 2],
    ],
    'a document is stored anew when it is written, not when it is read',
  );
  const fresh = createInlineStore(join(dir, 'new', 'store.db'));
  const other = openDb(join(dir, 'new', 'store.db'));
  t.strictSame(layoutOf(db), layoutOf(other), 'an upgraded file and a new one are laid out alike');
  other.close();
  db.close();
  await fresh.close();

  store = createInlineStore(path);
  t.strictSame(await store.pairs.get('t1', 'p-linked'), replaced);
  t.strictSame(await store.pairs.get('t1', 'p-creating'), UPGRADED.creating);
  t.strictSame(await store.tenants.get('t1'), tenant);
  t.equal((await store.pairs.byLine('t1', '1'))?.id, 'o');
  await store.close();
});

t.test('B1 documents: each collection knows its newest form; others are refused', async (t) => {
  const newest: Record<DocumentCollection, number> = {
    ...{ tenants: 4, pairs: 2, activity: 1, imports: 2 },
    ...{ alerts: 1, alertTargets: 1, tokens: 1 },
  };
  for (const [name, schema] of Object.entries(newest)) {
    const collection = name as DocumentCollection;
    const read = (document: object) => readDocument(collection)({ doc: JSON.stringify(document) });
    t.equal(newestSchema(collection), schema);
    t.equal(read({ schema, kept: 'as it is' }).schema, schema);
    for (const odd of [schema + 1, 0, -1, 1.5, '1', null, undefined])
      t.throws(() => read({ schema: odd }), { code: 'store-failed', message: new RegExp(`${name} has schema`) });
  }
  t.strictSame(readDocument('pairs')({ doc: JSON.stringify(UPGRADED.linked) }), UPGRADED.linked);
  t.strictSame(readDocument('tenants')({ doc: JSON.stringify(UPGRADED.tenant) }), UPGRADED.tenant);
  t.strictSame(readDocument('imports')({ doc: JSON.stringify(UPGRADED.run) }), UPGRADED.run);
  for (const doc of ['null', '1', '[]', '{}', '"x"'])
    t.throws(() => readDocument('pairs')({ doc }), { code: 'store-failed' }, doc);
});
