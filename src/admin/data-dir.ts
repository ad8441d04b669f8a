import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { ConfigError } from '../config.ts';
import type { Runtime } from '../runtime.ts';

export interface OwnSecrets {
  readonly encryptionKey: Buffer;
  readonly adminToken: string;
  /** True when the token was made now: it is printed this once. */
  readonly adminTokenIsNew: boolean;
}

/** Gives the key and the administrator's token: as configured, or as kept in the data folder, where they are made once. */
export async function ownSecrets(config: Config, runtime: Runtime): Promise<OwnSecrets> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  let encryptionKey = config.encryptionKey;
  if (encryptionKey === null) {
    const path = join(config.dataDir, 'encryption.key');
    const kept = await readOrMake(path, () => runtime.randomBytes(32).toString('base64'));
    encryptionKey = Buffer.from(kept.value, 'base64');
    if (encryptionKey.length !== 32)
      throw new ConfigError([`${path} does not hold 32 bytes in base64: restore it from a backup`]);
  }
  if (config.adminToken !== null) return { encryptionKey, adminToken: config.adminToken, adminTokenIsNew: false };
  const path = join(config.dataDir, 'admin.token');
  const kept = await readOrMake(path, () => runtime.randomBytes(32).toString('base64url'));
  if (kept.value.length < 24) throw new ConfigError([`${path} does not hold a token: delete it and a new one is made`]);
  return { encryptionKey, adminToken: kept.value, adminTokenIsNew: kept.made };
}

/** The file is made with `wx`, so that two starts at one moment cannot each make their own; synced before it is used. */
async function readOrMake(path: string, make: () => string): Promise<{ value: string; made: boolean }> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      const value = make();
      await file.writeFile(`${value}\n`);
      await file.sync();
      return { value, made: true };
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return { value: (await readFile(path, 'utf8')).trim(), made: false };
  }
}
