import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openDb } from './embedded/db.ts';
import { takeLock } from './embedded/lock.ts';
import { MIGRATIONS } from './embedded/schema.ts';

/** The version that a store has, and the one that this release makes of it. `stored` null: there is none yet. */
export interface StoreVersion {
  readonly kind: 'embedded' | 'MongoDB';
  readonly place: string;
  readonly stored: number | null;
  readonly newest: number;
  /** Of the embedded store: a service has it open. */
  readonly inUse: boolean;
}

/** Reads it, and changes nothing: a service may run meanwhile. Raises when the store cannot be reached. */
export async function storeVersion(config: {
  readonly mongodbUrl: string | null;
  readonly dataDir: string;
}): Promise<StoreVersion> {
  if (config.mongodbUrl === null) return embeddedVersion(join(config.dataDir, 'sync.db'));
  const { mongoVersion } = await import('./mongo/version.ts');
  return { kind: 'MongoDB', inUse: false, ...(await mongoVersion(config.mongodbUrl)) };
}

function embeddedVersion(path: string): StoreVersion {
  const newest = Math.max(...MIGRATIONS.map(({ version }) => version));
  const about = { kind: 'embedded', place: path, newest } as const;
  if (!existsSync(path)) return { ...about, stored: null, inUse: false };
  const db = openDb(path);
  try {
    const row = db.get('SELECT max(version) AS version FROM schema_versions');
    return { ...about, stored: Number(row?.version ?? 0), inUse: isTaken(path) };
  } finally {
    db.close();
  }
}

function isTaken(path: string): boolean {
  if (!existsSync(`${path}.lock`)) return false;
  try {
    takeLock(path)();
    return false;
  } catch {
    return true;
  }
}
