import { SyncError } from '../../errors/sync-error.ts';
import type { Row } from './db.ts';

/** The newest form of a document that this release reads. */
const KNOWN_SCHEMA = 1;

/** The document of a row. Raises `store-failed` when it is of a newer form, or none at all. */
export function readDocument<T extends { readonly schema: number }>(row: Row): T {
  const document = JSON.parse(String(row.doc)) as T;
  if (!Number.isInteger(document.schema) || document.schema < 1 || document.schema > KNOWN_SCHEMA)
    throw new SyncError(
      'store-failed',
      `A stored document has schema ${String(document.schema)}, and this release reads up to ${KNOWN_SCHEMA}: start the newer release`,
    );
  return document;
}

export const optionalDocument = <T extends { readonly schema: number }>(row: Row | undefined): T | null =>
  row === undefined ? null : readDocument<T>(row);
