import { fromStoredText, toStoredText } from '../../stored-text.ts';
import { isDuplicate } from '../errors.ts';
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
  async replace(mongo, tenant, name, before, sealed, now) {
    const key = { _id: idOf(tenant, name), tenant: toStoredText(tenant) };
    const fields = { name: toStoredText(name), sealed: toStoredText(sealed), updatedAt: now };
    const rows = mongo.rows('secrets');
    const options = writing('secrets.replace');
    if (before !== null) {
      const held = { ...key, sealed: toStoredText(before) };
      return (await rows.updateOne(held, { $set: fields }, options)).matchedCount > 0;
    }
    try {
      await rows.insertOne({ ...key, ...fields }, options);
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
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
