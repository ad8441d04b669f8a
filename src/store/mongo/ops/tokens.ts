import type { AccessToken } from '../../../../schemas/access.ts';
import { SyncError } from '../../../errors/sync-error.ts';
import { toStoredText } from '../../stored-text.ts';
import { reader } from '../documents.ts';
import { idOf, present, type Row } from '../mongo.ts';
import { reading, writing } from '../operations.ts';
import { readPage } from '../paging.ts';
import type { OpsOf } from './types.ts';

const read = reader('tokens');

/** When a token was used stands beside its document, which is written by its version. */
export const readToken = (row: Row): AccessToken => ({
  ...read(row),
  lastUsedAt: typeof row.lastUsedAt === 'number' ? row.lastUsedAt : null,
});

export const tokenRow = (token: AccessToken): Row => ({
  _id: idOf(token.id),
  id: toStoredText(token.id),
  version: token.version,
  createdAt: token.createdAt,
  ...present({ lastUsedAt: token.lastUsedAt }),
  doc: JSON.stringify(token),
});

export const tokens: OpsOf<'tokens'> = {
  async insert(mongo, token) {
    await mongo.rows('tokens').insertOne(tokenRow(token), writing('tokens.insert'));
  },
  async get(mongo, id) {
    const row = await mongo.rows('tokens').findOne({ _id: idOf(id) }, reading('tokens.get'));
    return row === null ? null : readToken(row);
  },
  list: (mongo, page) =>
    readPage(
      mongo,
      {
        collection: 'tokens',
        operation: 'tokens.list',
        where: {},
        keys: [
          ['createdAt', 'number'],
          ['id', 'string'],
        ],
        descending: false,
        read: readToken,
      },
      page,
    ),
  async replace(mongo, token) {
    const next: AccessToken = { ...token, version: token.version + 1 };
    const row = await mongo
      .rows('tokens')
      .findOneAndUpdate(
        { _id: idOf(token.id), version: token.version },
        { $set: { version: next.version, doc: JSON.stringify(next) } },
        { returnDocument: 'after', ...writing('tokens.replace') },
      );
    if (row === null) throw new SyncError('version-changed', `Token ${token.id} was changed meanwhile; read it again`);
    return readToken(row);
  },
  async use(mongo, id, at) {
    await mongo.rows('tokens').updateOne({ _id: idOf(id) }, { $max: { lastUsedAt: at } }, writing('tokens.use'));
  },
};
