import { optionalDocument, readDocument } from '../documents.ts';
import { readPage } from '../paging.ts';
import type { OpsOf } from './types.ts';

export const imports: OpsOf<'imports'> = {
  put(db, run) {
    db.run(
      `INSERT INTO imports (tenant, id, started_at, doc) VALUES (?, ?, ?, ?)
       ON CONFLICT (tenant, id) DO UPDATE SET started_at = excluded.started_at, doc = excluded.doc`,
      run.tenant,
      run.id,
      run.startedAt,
      JSON.stringify(run),
    );
  },
  get: (db, tenant, id) =>
    optionalDocument('imports', db.get('SELECT doc FROM imports WHERE tenant = ? AND id = ?', tenant, id)),
  list: (db, tenant, page) =>
    readPage(
      db,
      {
        table: 'imports',
        where: [['tenant = ?', tenant]],
        keys: [
          ['started_at', 'number'],
          ['id', 'string'],
        ],
        descending: true,
        read: readDocument('imports'),
      },
      page,
    ),
};
