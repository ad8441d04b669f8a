import { toStoredText } from '../../stored-text.ts';
import { isDuplicate } from '../errors.ts';
import { idOf } from '../mongo.ts';
import { writing } from '../operations.ts';
import type { OpsOf } from './types.ts';

export const seen: OpsOf<'seen'> = {
  async add(mongo, tenant, id, now, expiresAt) {
    // One that is still remembered does not match, so that the upsert wants to insert it and meets its key.
    const forgotten = { _id: idOf(tenant, id), tenant: toStoredText(tenant), expiresAt: { $lte: new Date(now) } };
    const $set = { id: toStoredText(id), expiresAt: new Date(expiresAt) };
    try {
      await mongo.rows('seen').updateOne(forgotten, { $set }, { upsert: true, ...writing('seen.add') });
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  },
};
