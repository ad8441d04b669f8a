import type { AccessToken } from '../../../../schemas/access.ts';
import { SyncError } from '../../../errors/sync-error.ts';
import type { Row } from '../db.ts';
import { readDocument } from '../documents.ts';
import { readPage } from '../paging.ts';
import type { OpsOf } from './types.ts';

const read = readDocument('tokens');

/** When a token was used stands beside its document, which is written by its version. */
export const readToken = (row: Row): AccessToken => ({
  ...read(row),
  lastUsedAt: row.last_used_at === null ? null : Number(row.last_used_at),
});

export const tokens: OpsOf<'tokens'> = {
  insert(db, token) {
    db.run(
      'INSERT INTO tokens (id, version, created_at, last_used_at, doc) VALUES (?, ?, ?, ?, ?)',
      token.id,
      token.version,
      token.createdAt,
      token.lastUsedAt,
      JSON.stringify(token),
    );
  },
  get(db, id) {
    const row = db.get('SELECT doc, last_used_at FROM tokens WHERE id = ?', id);
    return row === undefined ? null : readToken(row);
  },
  list: (db, page) =>
    readPage(
      db,
      {
        table: 'tokens',
        where: [],
        keys: [
          ['created_at', 'number'],
          ['id', 'string'],
        ],
        descending: false,
        read: readToken,
      },
      page,
    ),
  replace(db, token) {
    const next: AccessToken = { ...token, version: token.version + 1 };
    const row = db.get(
      'UPDATE tokens SET version = ?, doc = ? WHERE id = ? AND version = ? RETURNING doc, last_used_at',
      next.version,
      JSON.stringify(next),
      token.id,
      token.version,
    );
    if (row === undefined)
      throw new SyncError('version-changed', `Token ${token.id} was changed meanwhile; read it again`);
    return readToken(row);
  },
  use(db, id, at) {
    db.run('UPDATE tokens SET last_used_at = ? WHERE id = ? AND coalesce(last_used_at, -1) < ?', at, id, at);
  },
};
