import type { AccessToken } from '../../../schemas/access.ts';
import type { Alert, AlertTarget } from '../../../schemas/alerts.ts';
import type { ImportRun } from '../../../schemas/imports.ts';
import type { Activity, Pair, Tenant } from '../../../schemas/records.ts';
import { SyncError } from '../../errors/sync-error.ts';
import type { Row } from './db.ts';
import { type DocumentCollection, newestSchema, type StoredDocument, upgrade } from './upgrades.ts';

interface Documents {
  readonly tenants: Tenant;
  readonly pairs: Pair;
  readonly activity: Activity;
  readonly imports: ImportRun;
  readonly alerts: Alert;
  readonly alertTargets: AlertTarget;
  readonly tokens: AccessToken;
}

/**
 * Reads the documents of a collection, older forms brought to the newest; the stored text stays as it is until the
 * document is written again. Raises `store-failed` when it is of a newer form, or none at all.
 */
export const readDocument =
  <C extends DocumentCollection>(collection: C) =>
  (row: Row): Documents[C] => {
    const document = JSON.parse(String(row.doc)) as StoredDocument | null;
    const newest = newestSchema(collection);
    const schema = document?.schema;
    if (!document || !Number.isInteger(schema) || document.schema < 1 || document.schema > newest)
      throw new SyncError(
        'store-failed',
        `A stored document of ${collection} has schema ${String(schema)}, and this release reads up to ${newest}: start the newer release`,
      );
    return upgrade(collection, document) as unknown as Documents[C];
  };

/** As readDocument; null when there is no row. */
export const optionalDocument = <C extends DocumentCollection>(
  collection: C,
  row: Row | undefined,
): Documents[C] | null => (row === undefined ? null : readDocument(collection)(row));
