import { fromStoredText, toStoredText } from '../../stored-text.ts';
import { isDuplicate } from '../errors.ts';
import { idOf } from '../mongo.ts';
import { reading, writing } from '../operations.ts';
import type { OpsOf } from './types.ts';

export const answers: OpsOf<'answers'> = {
  count: (mongo, scope, now, most) =>
    mongo
      .rows('answers')
      .countDocuments(
        { scope: toStoredText(scope), expiresAt: { $gt: new Date(now) } },
        { limit: most, ...reading('answers.count') },
      ),
  async begin(mongo, scope, key, fingerprint, now, expiresAt) {
    const rows = mongo.rows('answers');
    const named = { _id: idOf(scope, key), scope: toStoredText(scope) };
    // One that is still kept does not match, so that the upsert wants to insert it and meets its key.
    const free = { ...named, expiresAt: { $lte: new Date(now) } };
    const change = {
      $set: { key: toStoredText(key), fingerprint: toStoredText(fingerprint), expiresAt: new Date(expiresAt) },
      $unset: { sealed: 1 },
    } as const;
    try {
      await rows.updateOne(free, change, { upsert: true, ...writing('answers.begin') });
      return null;
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
    const row = await rows.findOne(named, reading('answers.begin'));
    return {
      fingerprint: row === null ? '' : fromStoredText(String(row.fingerprint)),
      sealed: typeof row?.sealed === 'string' ? row.sealed : null,
    };
  },
  async finish(mongo, scope, key, sealed, expiresAt) {
    const named = { _id: idOf(scope, key), scope: toStoredText(scope) };
    const $set = { sealed, expiresAt: new Date(expiresAt) };
    await mongo.rows('answers').updateOne(named, { $set }, writing('answers.finish'));
  },
  async drop(mongo, scope, key) {
    const named = { _id: idOf(scope, key), scope: toStoredText(scope) };
    await mongo.rows('answers').deleteOne(named, writing('answers.drop'));
  },
};
