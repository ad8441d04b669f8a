import type { ImportKind, Listed } from '../../../../schemas/imports.ts';
import type { Side } from '../../../../schemas/records.ts';
import type { CursorKey } from '../../paging-cursor.ts';
import { toStoredText } from '../../stored-text.ts';
import { deleteInBatches } from '../delete-batches.ts';
import { idOf, present, type Row } from '../mongo.ts';
import { reading, writing } from '../operations.ts';
import { readPage } from '../paging.ts';
import { checkRows } from '../validators.ts';
import { upsertAll } from '../write-keyed.ts';
import type { OpsOf } from './types.ts';

/** Longest answer of `find`. */
const MOST = 50;

const FIELD = { number: 'lowerNumber', organisationNumber: 'lowerOrganisationNumber', name: 'lowerName' } as const;

const lower = (value: string | null): string | null => (value === null ? null : toStoredText(value.toLowerCase()));

const groupOf = (tenant: string, importId: string, kind: ImportKind, side: Side) => ({
  tenant: toStoredText(tenant),
  importId: toStoredText(importId),
  kind,
  side,
});

export const listedRow = (record: Listed): Row => ({
  _id: idOf(record.tenant, record.importId, record.kind, record.side, record.id),
  ...groupOf(record.tenant, record.importId, record.kind, record.side),
  id: toStoredText(record.id),
  ...present({
    lowerNumber: lower(record.number),
    lowerOrganisationNumber: lower(record.organisationNumber),
    lowerName: lower(record.name),
    outcome: record.outcome,
  }),
  stale: record.stale,
  doc: JSON.stringify(record),
});

/** `touch` writes the field alone: what the document says of it is older. */
export const readListed = (row: Row): Listed => ({
  ...(JSON.parse(String(row.doc)) as Listed),
  stale: row.stale === true,
});

export const listed: OpsOf<'listed'> = {
  async put(mongo, records) {
    const rows = records.map(listedRow);
    checkRows('listed', rows);
    const upserts = rows.map(({ _id, ...row }) => {
      const filter = { _id, tenant: row.tenant as string, importId: row.importId as string };
      return { replaceOne: { filter, replacement: row, upsert: true } };
    });
    await upsertAll(mongo, 'listed', 'listed.put', upserts);
  },
  async get(mongo, tenant, importId, kind, side, id) {
    const key = { _id: idOf(tenant, importId, kind, side, id), ...groupOf(tenant, importId, kind, side) };
    const row = await mongo.rows('listed').findOne(key, reading('listed.get'));
    return row === null ? null : readListed(row);
  },
  async find(mongo, tenant, importId, kind, side, by, value) {
    const filter = { ...groupOf(tenant, importId, kind, side), [FIELD[by]]: toStoredText(value.toLowerCase()) };
    const rows = mongo.rows('listed').find(filter, reading('listed.find')).sort({ id: 1 }).limit(MOST);
    return (await rows.toArray()).map(readListed);
  },
  list(mongo, tenant, importId, page) {
    const where: Record<string, string> = { tenant: toStoredText(tenant), importId: toStoredText(importId) };
    if (page.outcome !== undefined) where.outcome = page.outcome;
    // A field that is one value orders nothing, and left among the keys it would keep the cursor from its index.
    const keys: CursorKey[] = [];
    for (const field of ['kind', 'side'] as const) {
      const value = page[field];
      if (value === undefined) keys.push([field, 'string']);
      else where[field] = value;
    }
    keys.push(['id', 'string']);
    return readPage(
      mongo,
      { collection: 'listed', operation: 'listed.list', where, keys, descending: false, read: readListed },
      page,
    );
  },
  async touch(mongo, tenant, kind, side, id) {
    const filter = { tenant: toStoredText(tenant), kind, side, id: toStoredText(id), stale: false };
    await mongo.rows('listed').updateMany(filter, { $set: { stale: true } }, writing('listed.touch'));
  },
  async forget(mongo, tenant, kind, side, id) {
    const filter = { tenant: toStoredText(tenant), kind, side, id: toStoredText(id) };
    return (await mongo.rows('listed').deleteMany(filter, writing('listed.forget'))).deletedCount;
  },
  async clear(mongo, tenant, importId) {
    const filter = { tenant: toStoredText(tenant), importId: toStoredText(importId) };
    await deleteInBatches(mongo, 'listed', 'listed.clear', filter);
  },
};
