import type { FortnoxKind, Pair, PairEntity, Side } from '../../../../schemas/records.ts';
import { SyncError } from '../../../errors/sync-error.ts';
import { bears, SEARCHED_PATHS, searchedPart } from '../../pair-search.ts';
import type { Param } from '../db.ts';
import { optionalDocument, readDocument } from '../documents.ts';
import { type Condition, readPage } from '../paging.ts';
import { dropLines, keepLines } from './pair-lines.ts';
import type { OpsOf } from './types.ts';

const read = readDocument('pairs');

/** Longest answer of the queries that have no pages. */
const MOST = 200;

/** The columns that pairs are found by beside their document, with their values. */
const COLUMNS: readonly (readonly [name: string, value: (pair: Pair) => Param])[] = [
  ['entity', (pair) => pair.entity],
  ['webcrm_id', (pair) => pair.webcrmId],
  ['fortnox_kind', (pair) => pair.fortnoxKind],
  ['fortnox_id', (pair) => pair.fortnoxId],
  ['invoice_ref', (pair) => pair.invoiceRef],
  ['customer_number', (pair) => pair.customerNumber],
  ['state', (pair) => pair.state],
  ['reason', (pair) => pair.reason],
  ['intent_key', (pair) => pair.intent?.key ?? null],
  ['version', (pair) => pair.version],
  ['updated_at', (pair) => pair.updatedAt],
  ['doc', (pair) => JSON.stringify(pair)],
];
const names = COLUMNS.map(([name]) => name);
const valuesOf = (pair: Pair): Param[] => COLUMNS.map(([, value]) => value(pair));

const INSERT = `INSERT INTO pairs (tenant, id, ${names.join(', ')}) VALUES (?, ?${', ?'.repeat(names.length)})`;
const REPLACE = `UPDATE pairs SET ${names.map((name) => `${name} = ?`).join(', ')}
  WHERE tenant = ? AND id = ? AND version = ?`;
const BY_SIDE: Readonly<Record<Side, string>> = {
  webcrm: 'SELECT doc FROM pairs WHERE tenant = ? AND entity = ? AND webcrm_id = ?',
  fortnox: 'SELECT doc FROM pairs WHERE tenant = ? AND fortnox_kind = ? AND fortnox_id = ?',
};
/** The values that people search by, as one JSON array: the document is parsed once. */
const SEARCHED = `json_extract(doc, ${SEARCHED_PATHS.map((path) => `'${path}'`).join(', ')})`;
/** Newest first, below the place where the page before ended. */
const SEARCH = `SELECT doc, updated_at, id FROM pairs
  WHERE tenant = ? AND (updated_at, id) < (?, ?)
    AND (webcrm_id = ? OR fortnox_id = ? OR invoice_ref = ? OR customer_number = ? OR ${SEARCHED} LIKE ? ESCAPE '\\')
  ORDER BY updated_at DESC, id DESC LIMIT ?`;
/** LIKE knows the case of ASCII letters only: any other sign stands for itself and all others, and `bears` decides. */
const likePattern = (text: string): string =>
  `%${JSON.stringify(text)
    .slice(1, -1)
    .replace(/[\\%_]/g, '\\$&')
    .replace(/[^ -~]/gu, '_')}%`;

const NEWEST_KEYS = [
  ['updated_at', 'number'],
  ['id', 'string'],
] as const;
const NEWEST = 'ORDER BY updated_at DESC, id DESC LIMIT ?';

export const pairs: OpsOf<'pairs'> = {
  insert(db, pair) {
    db.run(INSERT, pair.tenant, pair.id, ...valuesOf(pair));
    keepLines(db, pair);
  },
  get: (db, tenant, id) =>
    optionalDocument('pairs', db.get('SELECT doc FROM pairs WHERE tenant = ? AND id = ?', tenant, id)),
  bySide: (db, tenant, entity, side, id) => optionalDocument('pairs', db.get(BY_SIDE[side], tenant, entity, id)),
  byInvoice: (db, tenant, invoice) =>
    db
      .all(
        `SELECT doc FROM pairs WHERE tenant = ? AND fortnox_kind = 'order' AND invoice_ref = ? ${NEWEST}`,
        tenant,
        invoice,
        MOST,
      )
      .map(read),
  // A line that was moved may stand in two pairs until both were seen: the one written last is right. CROSS keeps SQLite
  // from reading all pairs in their order instead (sqlite.org/optoverview.html, manual control of query plans).
  byLine: (db, tenant, lineId) =>
    optionalDocument(
      'pairs',
      db.get(
        `SELECT pairs.doc FROM pair_lines
         CROSS JOIN pairs ON pairs.tenant = pair_lines.tenant AND pairs.id = pair_lines.pair_id
         WHERE pair_lines.tenant = ? AND pair_lines.line_id = ? ORDER BY pairs.updated_at DESC, pairs.id DESC LIMIT 1`,
        tenant,
        lineId,
      ),
    ),
  openOrders: (db, tenant, customerNumber) =>
    db
      .all(
        `SELECT doc FROM pairs
         WHERE tenant = ? AND customer_number = ? AND fortnox_kind = 'order' AND invoice_ref IS NULL ${NEWEST}`,
        tenant,
        customerNumber,
        MOST,
      )
      .map(read),
  byIntentKey: (db, tenant, key) =>
    optionalDocument('pairs', db.get('SELECT doc FROM pairs WHERE tenant = ? AND intent_key = ? LIMIT 1', tenant, key)),
  replace(db, pair) {
    const next: Pair = { ...pair, version: pair.version + 1 };
    const changed = db.run(REPLACE, ...valuesOf(next), pair.tenant, pair.id, pair.version);
    if (changed === 0) throw new SyncError('version-changed', `Pair ${pair.id} was changed meanwhile; read it again`);
    keepLines(db, next);
    return next;
  },
  delete(db, tenant, id, version) {
    if (db.run('DELETE FROM pairs WHERE tenant = ? AND id = ? AND version = ?', tenant, id, version) === 0)
      return false;
    dropLines(db, tenant, id);
    return true;
  },
  list(db, tenant, page) {
    // A reason is the narrowest, so that its index is gone through and the rest only checked.
    const plus = page.reason === undefined ? '' : '+';
    const where: Condition[] = [['tenant = ?', tenant]];
    if (page.reason !== undefined) where.push(['reason = ?', page.reason]);
    if (page.entity !== undefined) where.push([`${plus}entity = ?`, page.entity]);
    if (page.state !== undefined) where.push([`${plus}state = ?`, page.state]);
    return readPage(db, { table: 'pairs', where, keys: NEWEST_KEYS, descending: true, read }, page);
  },
  search(db, tenant, text, limit) {
    const found: Pair[] = [];
    const pattern = likePattern(searchedPart(text));
    let place: [updatedAt: number, id: string] = [Number.MAX_SAFE_INTEGER, ''];
    for (;;) {
      const rows = db.all(SEARCH, tenant, ...place, text, text, text, text, pattern, MOST);
      for (const row of rows) {
        const pair = read(row);
        if (bears(pair, text)) found.push(pair);
        if (found.length >= limit) return found;
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < MOST) return found;
      place = [Number(last.updated_at), String(last.id)];
    }
  },
  walk: (db, tenant, page) =>
    readPage(
      db,
      {
        table: 'pairs',
        where: [
          ['tenant = ?', tenant],
          ['entity = ?', page.entity],
        ],
        keys: [['id', 'string']],
        descending: false,
        read,
      },
      page,
    ),
  counts: (db, tenant) =>
    Object.fromEntries(
      db
        .all('SELECT state, count(*) AS n FROM pairs WHERE tenant = ? GROUP BY state', tenant)
        .map((row) => [String(row.state), Number(row.n)]),
    ),
  countsByKind(db, tenant) {
    const counts: Record<FortnoxKind, Record<string, number>> = { customer: {}, article: {}, order: {}, invoice: {} };
    const sql = 'SELECT fortnox_kind, state, count(*) AS n FROM pairs WHERE tenant = ? GROUP BY fortnox_kind, state';
    for (const row of db.all(sql, tenant)) counts[row.fortnox_kind as FortnoxKind][String(row.state)] = Number(row.n);
    return counts;
  },
  countsByEntity(db, tenant) {
    const counts: Record<PairEntity, Record<string, number>> = { customer: {}, article: {}, delivery: {} };
    const sql = 'SELECT entity, state, count(*) AS n FROM pairs WHERE tenant = ? GROUP BY entity, state';
    for (const row of db.all(sql, tenant)) counts[row.entity as PairEntity][String(row.state)] = Number(row.n);
    return counts;
  },
};
