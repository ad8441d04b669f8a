import { IMPORT_KINDS, type ImportKind, type ImportState } from '../../schemas/imports.ts';
import type { Tenant } from '../../schemas/records.ts';
import type { ImportProgress } from '../../src/imports/view.ts';
import { type Chances, createChances } from './prng.ts';
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
  let isAway = false;

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

  /** What a person does on the next look at the import. */
  async function goOn(id: string): Promise<void> {
    const state = (await store.imports.get(tenantId, id))?.state;
    if (state === 'ready') await ask((tenant) => imports().start(tenant, id));
    else if (state === 'stopped') await ask((tenant) => imports().resume(tenant, id));
    else if (state !== undefined && !OVER.has(state) && chances.chance(0.3))
      await ask(() => imports().stop(tenantId, id));
  }

  async function isOver(id: string): Promise<boolean> {
    const run = await store.imports.get(tenantId, id);
    return run === null || OVER.has(run.state);
  }

  function later(longestMs: number, act: () => Promise<void>): void {
    runtime.setTimer(1_000 + chances.below(longestMs), () => {
      if (!isAway) void act();
    });
  }
  function comes(): void {
    later(LONGEST_BETWEEN_MS, async () => {
      const options = { kinds: kinds(), dryRun: chances.chance(0.4) };
      if (options.kinds.length > 0) present = (await ask((tenant) => imports().begin(tenant, options)))?.id ?? present;
      looks();
    });
  }
  function looks(): void {
    later(LONGEST_LOOK_MS, async () => {
      if (present === null || (await isOver(present))) return comes();
      await goOn(present);
      looks();
    });
  }
  comes();

  return {
    /** Lets what is at work come to its end, and goes. */
    async leave(): Promise<void> {
      isAway = true;
      for (const until = runtime.now() + LONGEST_IMPORT_MS; runtime.now() < until; await runtime.advance(10_000)) {
        const { items } = await store.imports.list(tenantId, { limit: 200 });
        const open = items.filter(({ state }) => !OVER.has(state));
        if (open.length === 0) return;
        for (const { id, state } of open) {
          if (state === 'ready') void ask((tenant) => imports().start(tenant, id));
          if (state === 'stopped') void ask((tenant) => imports().resume(tenant, id));
        }
      }
      throw new Error('an import does not come to its end');
    },
  };
}
