import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ImportWorld, openImports, type Vendors } from '../test/imports/support.ts';
import type { Bench, Figure } from './frame/bench.ts';
import { seedCustomers, type Where } from './virtual/customers.ts';

interface Shape extends Where {
  /** Calls of the tighter side for each record: Fortnox 5 a second, webCRM 250 a minute. */
  readonly secondsEach: number;
}
/** Which side has the records before. */
const SHAPES = {
  'both sides equal': { webcrm: true, fortnox: true, secondsEach: 1 / 5 },
  'to webCRM': { webcrm: false, fortnox: true, secondsEach: 60 / 250 },
  'to Fortnox': { webcrm: true, fortnox: false, secondsEach: 60 / 250 },
} as const satisfies Record<string, Shape>;
const LOOK_EVERY_MS = 30_000;

const MB = 2 ** 20;
function heapMb(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / MB;
}

/** Records that the import has made at the vendors. */
const made = ({ fortnox, webcrm }: Vendors): number =>
  (fortnox.counts().byRoute['POST /3/customers'] ?? 0) + (webcrm.counts().byRoute['POST /Organisations'] ?? 0);

interface Look {
  readonly heap: number;
  readonly made: number;
}

/** Runs the import to its end; gives how long it took, in seconds, and the heap at looks meanwhile. */
async function run(world: ImportWorld): Promise<{ seconds: number; looks: readonly Look[] }> {
  const looks: Look[] = [];
  const look = () => looks.push({ heap: heapMb(), made: made(world) });
  look();
  const begun = world.runtime.now();
  const { id } = await world.begin({ kinds: ['customer'] });
  for (;;) {
    const { state, finishedAt } = await world.progress(id);
    look();
    if (state === 'done') return { seconds: ((finishedAt ?? world.runtime.now()) - begun) / 1000, looks };
    if (state === 'failed') throw new Error('the import failed');
    await world.runtime.advance(LOOK_EVERY_MS);
  }
}

async function measure(name: string, shape: Shape, count: number): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-import-'));
  let seeded = 0;
  let world: ImportWorld | null = await openImports({
    path: join(folder, 'import.db'),
    seed(vendors) {
      const empty = heapMb();
      seedCustomers(shape, count, vendors);
      seeded = heapMb() - empty;
    },
  });
  const { seconds, looks } = await run(world);
  const [wrong] = world.violations();
  if (wrong !== undefined) throw new Error(`a vendor refused: ${wrong.request}: ${wrong.why}`);
  await world.close();
  rmSync(folder, { recursive: true });
  let vendors: Pick<ImportWorld, keyof Vendors> | null = { fortnox: world.fortnox, webcrm: world.webcrm };
  const total = made(vendors);
  world = null;
  const withVendors = heapMb();
  vendors = null;
  const inVendors = withVendors - heapMb();
  // The stand-ins live in this process too: what they hold grows with what they are given.
  const [before = 0, ...during] = looks.map(
    (look) => look.heap - seeded - ((inVendors - seeded) * look.made) / Math.max(1, total),
  );
  return [
    { name: `${name}: time / floor`, value: seconds / (count * shape.secondsEach), unit: '', goal: { atMost: 1.05 } },
    {
      name: `${name}: growth of the service's heap`,
      value: Math.max(...during) - before,
      unit: 'MB',
      goal: { atMost: 20 },
    },
  ];
}

/** Time and memory of importing many customers, against the floor that the vendors' limits set (B3, B5). */
export const imports: Bench = {
  name: 'import',
  about: 'customers imported: time against the floor of the tighter budget, memory; store in a file',
  clock: 'virtual',
  async run({ full }): Promise<Figure[]> {
    const figures: Figure[] = [];
    for (const [name, shape] of Object.entries(SHAPES))
      figures.push(...(await measure(name, shape, full ? 5_000 : 500)));
    return figures;
  },
};
