import type { Db } from 'mongodb';
import { SyncError } from '../../errors/sync-error.ts';
import { newId, type Runtime, sleep } from '../../runtime.ts';
import { COLLECTION_NAMES, type CollectionName } from './collections.ts';
import { INDEXES } from './indexes.ts';
import { VALIDATORS } from './validators.ts';

/** A step may be run twice when its first runner died: each is harmless to repeat. One that was released is never changed. */
export interface Migration {
  readonly version: number;
  readonly run: (db: Db) => Promise<void>;
}

interface Step {
  readonly _id: number;
  readonly state: 'running' | 'done';
  readonly owner: string;
  readonly until: number;
}

const NAMESPACE_EXISTS = 48;
/** Indexes of a large collection take their time; after it another instance thinks that this one died. */
const STEP_MS = 30 * 60_000;
const LOOK_AGAIN_MS = 500;
const DURABLE = { writeConcern: { w: 'majority', journal: true } } as const;

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

async function makeCollections(db: Db, names: readonly CollectionName[]): Promise<void> {
  for (const name of names) {
    const options = { validator: VALIDATORS[name], validationLevel: 'strict', validationAction: 'error' } as const;
    await db.createCollection(name, options).catch((error: unknown) => {
      if (codeOf(error) !== NAMESPACE_EXISTS) throw error;
      return db.command({ collMod: name, ...options });
    });
    const indexes = INDEXES[name];
    if (indexes) await db.collection(name).createIndexes([...indexes]);
  }
}

/** Collections that came after the first release, by the version that brought them. */
const LATER: Readonly<Record<number, readonly CollectionName[]>> = {
  2: ['fenced', 'mail'],
  3: ['alerts', 'alertTargets'],
  4: ['tokens', 'answers', 'tombstones'],
};
const FIRST = COLLECTION_NAMES.filter((name) => !Object.values(LATER).flat().includes(name));

export const MIGRATIONS: readonly Migration[] = [
  { version: 1, run: (db) => makeCollections(db, FIRST) },
  ...Object.entries(LATER).map(([version, names]) => ({
    version: Number(version),
    run: (db: Db) => makeCollections(db, names),
  })),
];

/**
 * Brings the database to the newest version; several instances may start at one moment: each step is taken by one, and the
 * others wait until it is done or its time is up. Raises `store-failed` when a newer release wrote the database.
 */
export async function migrate(db: Db, runtime: Runtime, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  const steps = db.collection<Step>('migrations');
  const newest = Math.max(0, ...migrations.map((step) => step.version));
  const [last] = await steps
    .find({}, { readConcern: { level: 'majority' } })
    .sort({ _id: -1 })
    .limit(1)
    .toArray();
  if (last && last._id > newest)
    throw new SyncError(
      'store-failed',
      `The database ${db.databaseName} has version ${last._id}, and this release knows up to ${newest}: start the newer release, or restore the backup made before the upgrade`,
    );
  const owner = newId(runtime);
  for (const migration of migrations) {
    while (!(await isDone(migration.version))) {
      if (await take(migration.version)) await finish(migration);
      else await sleep(runtime, LOOK_AGAIN_MS);
    }
  }

  async function isDone(version: number): Promise<boolean> {
    const step = await steps.findOne({ _id: version }, { readConcern: { level: 'majority' } });
    return step?.state === 'done';
  }

  /** True when the step is ours to run: nobody's yet, or of one whose time is up. */
  async function take(version: number): Promise<boolean> {
    const now = runtime.now();
    const ours = { state: 'running', owner, until: now + STEP_MS } as const;
    const filter = { _id: version, state: 'running', until: { $lte: now } } as const;
    try {
      // The key of a step that somebody else runs, or ran, is met by this insert.
      await steps.updateOne(filter, { $set: ours }, { upsert: true, ...DURABLE });
      return true;
    } catch (error) {
      if (codeOf(error) === 11000) return false;
      throw error;
    }
  }

  async function finish(migration: Migration): Promise<void> {
    try {
      await migration.run(db);
    } catch (error) {
      // Free at once: the next start need not wait until our time is up.
      await steps.deleteOne({ _id: migration.version, owner, state: 'running' }, DURABLE);
      throw error;
    }
    await steps.updateOne({ _id: migration.version, owner }, { $set: { state: 'done' } }, DURABLE);
  }
}
