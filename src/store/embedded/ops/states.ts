import { SyncError } from '../../../errors/sync-error.ts';
import type { OpsOf } from './types.ts';

export const states: OpsOf<'states'> = {
  get(db, tenant, name) {
    const row = db.get('SELECT doc FROM states WHERE tenant = ? AND name = ?', tenant, name);
    return row === undefined ? null : (JSON.parse(String(row.doc)) as unknown);
  },
  put(db, tenant, name, value, now) {
    const doc = JSON.stringify(value) as string | undefined;
    if (doc === undefined)
      throw new SyncError('store-failed', `The state ${name} of tenant ${tenant} is not JSON: put null to empty it`);
    db.run(
      `INSERT INTO states (tenant, name, doc, updated_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (tenant, name) DO UPDATE SET doc = excluded.doc, updated_at = excluded.updated_at`,
      tenant,
      name,
      doc,
      now,
    );
  },
};
