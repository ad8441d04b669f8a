import { SyncError } from '../../../errors/sync-error.ts';
import { toStoredText } from '../../stored-text.ts';
import { idOf } from '../mongo.ts';
import { reading, writing } from '../operations.ts';
import { upserting } from '../write-keyed.ts';
import type { OpsOf } from './types.ts';

export const states: OpsOf<'states'> = {
  async get(mongo, tenant, name) {
    const key = { _id: idOf(tenant, name), tenant: toStoredText(tenant) };
    const row = await mongo.rows('states').findOne(key, reading('states.get'));
    return row === null ? null : (JSON.parse(String(row.doc)) as unknown);
  },
  async put(mongo, tenant, name, value, now) {
    const doc = JSON.stringify(value) as string | undefined;
    if (doc === undefined)
      throw new SyncError('store-failed', `The state ${name} of tenant ${tenant} is not JSON: put null to empty it`);
    const key = { _id: idOf(tenant, name), tenant: toStoredText(tenant) };
    const $set = { name: toStoredText(name), doc, updatedAt: now };
    await upserting(() => mongo.rows('states').updateOne(key, { $set }, { upsert: true, ...writing('states.put') }));
  },
};
