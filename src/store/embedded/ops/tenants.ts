import type { Tenant } from '../../../../schemas/records.ts';
import { SyncError } from '../../../errors/sync-error.ts';
import { optionalDocument, readDocument } from '../documents.ts';
import { readPage } from '../paging.ts';
import { REMOVE_BATCH, removeRows } from './tenant-rows.ts';
import type { OpsOf } from './types.ts';

export const tenants: OpsOf<'tenants'> = {
  insert(db, tenant) {
    db.run(
      'INSERT INTO tenants (id, hook_token, fortnox_database, version, created_at, doc) VALUES (?, ?, ?, ?, ?, ?)',
      tenant.id,
      tenant.hookToken,
      tenant.fortnoxDatabaseNumber,
      tenant.version,
      tenant.createdAt,
      JSON.stringify(tenant),
    );
  },
  get: (db, id) => optionalDocument('tenants', db.get('SELECT doc FROM tenants WHERE id = ?', id)),
  byHookToken: (db, token) =>
    optionalDocument('tenants', db.get('SELECT doc FROM tenants WHERE hook_token = ?', token)),
  list: (db, page) =>
    readPage(
      db,
      {
        table: 'tenants',
        where: [],
        keys: [
          ['created_at', 'number'],
          ['id', 'string'],
        ],
        descending: false,
        read: readDocument('tenants'),
      },
      page,
    ),
  replace(db, tenant) {
    const next: Tenant = { ...tenant, version: tenant.version + 1 };
    const changed = db.run(
      'UPDATE tenants SET hook_token = ?, fortnox_database = ?, version = ?, doc = ? WHERE id = ? AND version = ?',
      next.hookToken,
      next.fortnoxDatabaseNumber,
      next.version,
      JSON.stringify(next),
      tenant.id,
      tenant.version,
    );
    if (changed === 0)
      throw new SyncError('version-changed', `Tenant ${tenant.id} was changed meanwhile; read it again`);
    return next;
  },
  remove(db, id) {
    if (db.get('SELECT 1 FROM tenants WHERE id = ?', id) === undefined) return 0;
    const count = removeRows(db, id);
    if (count < REMOVE_BATCH) db.run('DELETE FROM tenants WHERE id = ?', id);
    return count;
  },
};
