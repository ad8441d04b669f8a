import { IMPORT_KINDS, type ImportKind, type ImportRun, type ImportState } from '../../schemas/imports.ts';
import type { Tenant } from '../../schemas/records.ts';
import type { ImportProgress } from '../../src/imports/view.ts';
import { type Chances, createChances } from './prng.ts';
import { createVisits } from './visits.ts';
import type { World } from './world.ts';

/** In one history out of so many somebody imports. */
const EVERY = 3;
const LONGEST_BETWEEN_MS = 10 * 60_000;
const LONGEST_LOOK_MS = 60_000;
/** After all was asked for: an import of a few records, behind live work. */
const LONGEST_IMPORT_MS = 60 * 60_000;

const OVER: ReadonlySet<ImportState> = new Set(['done', 'failed']);

/**
 * The person who imports what is there while others work, some of it as a dry run that is looked at first, and who stops an import and lets
 * it go on (B3, R24); null in most histories. What is in step in the end is the judge's as ever.
 */
export function createImporter(world: World, seed: number) {
  const chances: Chances = createChances(seed, 8);
  if (chances.below(EVERY) !== 0) return null;
  const { runtime, store, tenantId } = world;
  let present: string | null = null;
  const visits = createVisits(runtime, chances);

  /** null: nobody answered, or it was refused; it may have been done. */
  async function ask(what: (tenant: Tenant) => Promise<ImportProgress>): Promise<ImportProgress | null> {
    try {
      const tenant = await store.tenants.get(tenantId);
      return tenant === null ? null : await what(tenant);
    } catch {
      return null;
    }
  }
  const imports = () => world.service().services.imports;

  function kinds(): ImportKind[] {
    return IMPORT_KINDS.filter(() => chances.chance(0.7));
  }

  /** Sets to work what waits for a person; undefined: it does not. */
  function letGoOn({ id, state }: ImportRun): Promise<unknown> | undefined {
    if (state === 'ready') return ask((tenant) => imports().start(tenant, id));
    if (state === 'stopped') return ask((tenant) => imports().resume(tenant, id));
    return undefined;
  }

  function comes(): void {
    visits.later(LONGEST_BETWEEN_MS, async () => {
      const options = { kinds: kinds(), dryRun: chances.chance(0.4) };
      if (options.kinds.length > 0) present = (await ask((tenant) => imports().begin(tenant, options)))?.id ?? present;
      looks();
    });
  }
  function looks(): void {
    visits.later(LONGEST_LOOK_MS, async () => {
      const run = present === null ? null : await store.imports.get(tenantId, present);
      if (run === null || OVER.has(run.state)) return comes();
      const going = letGoOn(run);
      if (going !== undefined) await going;
      else if (chances.chance(0.3)) await ask(() => imports().stop(tenantId, run.id));
      looks();
    });
  }
  comes();

  return {
    /** Lets what is at work come to its end, and goes. */
    async leave(): Promise<void> {
      visits.end();
      for (const until = runtime.now() + LONGEST_IMPORT_MS; runtime.now() < until; await runtime.advance(10_000)) {
        const { items } = await store.imports.list(tenantId, { limit: 200 });
        const open = items.filter(({ state }) => !OVER.has(state));
        if (open.length === 0) return;
        for (const run of open) void letGoOn(run);
      }
      throw new Error('an import does not come to its end');
    },
  };
}
