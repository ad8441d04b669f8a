import { fromStoredText, toStoredText } from '../../stored-text.ts';
import { idOf } from '../mongo.ts';
import { reading, writing } from '../operations.ts';
import { upserting } from '../write-keyed.ts';
import type { OpsOf } from './types.ts';

export const secrets: OpsOf<'secrets'> = {
  async put(mongo, tenant, name, sealed, now) {
    const key = { _id: idOf(tenant, name), tenant: toStoredText(tenant) };
    const $set = { name: toStoredText(name), sealed: toStoredText(sealed), updatedAt: now };
    await upserting(() => mongo.rows('secrets').updateOne(key, { $set }, { upsert: true, ...writing('secrets.put') }));
  },
  async get(mongo, tenant, name) {
    const key = { _id: idOf(tenant, name), tenant: toStoredText(tenant) };
    const row = await mongo.rows('secrets').findOne(key, reading('secrets.get'));
    return row === null ? null : fromStoredText(String(row.sealed));
  },
  async list(mongo, tenant) {
    const rows = await mongo
      .rows('secrets')
      .find({ tenant: toStoredText(tenant) }, { projection: { name: 1, updatedAt: 1 }, ...reading('secrets.list') })
      .sort({ name: 1 })
      .toArray();
    return rows.map((row) => ({ name: fromStoredText(String(row.name)), updatedAt: Number(row.updatedAt) }));
  },
};
