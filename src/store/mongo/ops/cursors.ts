import { fromStoredText, toStoredText } from '../../stored-text.ts';
import { idOf } from '../mongo.ts';
import { reading, writing } from '../operations.ts';
import { upserting } from '../write-keyed.ts';
import type { OpsOf } from './types.ts';

export const cursors: OpsOf<'cursors'> = {
  async get(mongo, tenant, name) {
    const key = { _id: idOf(tenant, name), tenant: toStoredText(tenant) };
    const row = await mongo.rows('cursors').findOne(key, reading('cursors.get'));
    return row === null ? null : Number(row.at);
  },
  async list(mongo, tenant) {
    const rows = await mongo
      .rows('cursors')
      .find({ tenant: toStoredText(tenant) }, { projection: { name: 1, at: 1 }, ...reading('cursors.list') })
      .sort({ name: 1 })
      .toArray();
    return rows.map((row) => ({ name: fromStoredText(String(row.name)), at: Number(row.at) }));
  },
  async put(mongo, tenant, name, at) {
    const key = { _id: idOf(tenant, name), tenant: toStoredText(tenant) };
    const $set = { name: toStoredText(name), at };
    await upserting(() => mongo.rows('cursors').updateOne(key, { $set }, { upsert: true, ...writing('cursors.put') }));
  },
};
