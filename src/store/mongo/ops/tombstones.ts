import { toStoredText } from '../../stored-text.ts';
import { idOf } from '../mongo.ts';
import { reading, writing } from '../operations.ts';
import { upserting } from '../write-keyed.ts';
import type { OpsOf } from './types.ts';

export const tombstones: OpsOf<'tombstones'> = {
  async put(mongo, tenant, hash, now) {
    const key = { _id: idOf(tenant, hash), tenant: toStoredText(tenant) };
    const $setOnInsert = { hash: toStoredText(hash), at: now };
    const options = { upsert: true, ...writing('tombstones.put') };
    await upserting(() => mongo.rows('tombstones').updateOne(key, { $setOnInsert }, options));
  },
  async has(mongo, tenant, hash) {
    const key = { _id: idOf(tenant, hash), tenant: toStoredText(tenant) };
    return (await mongo.rows('tombstones').findOne(key, reading('tombstones.has'))) !== null;
  },
  async any(mongo, tenant) {
    const filter = { tenant: toStoredText(tenant) };
    return (await mongo.rows('tombstones').findOne(filter, reading('tombstones.any'))) !== null;
  },
  async remove(mongo, tenant, hash) {
    const key = { _id: idOf(tenant, hash), tenant: toStoredText(tenant) };
    return (await mongo.rows('tombstones').deleteOne(key, writing('tombstones.remove'))).deletedCount > 0;
  },
};
