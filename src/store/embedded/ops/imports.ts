import { optionalDocument } from '../documents.ts';
import type { OpsOf } from './types.ts';

export const imports: OpsOf<'imports'> = {
  put(db, run) {
    db.run(
      'INSERT INTO imports (tenant, id, doc) VALUES (?, ?, ?) ON CONFLICT (tenant, id) DO UPDATE SET doc = excluded.doc',
      run.tenant,
      run.id,
      JSON.stringify(run),
    );
  },
  get: (db, tenant, id) =>
    optionalDocument('imports', db.get('SELECT doc FROM imports WHERE tenant = ? AND id = ?', tenant, id)),
};
