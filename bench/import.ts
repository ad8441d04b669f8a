/**
 * What an import of many customers takes: time against the vendors' limits, calls, and the service's memory: what it holds on
 * its heap beside the sandboxes of the same process, and the process as a whole. Virtual time, the store in a file.
 * `node --expose-gc --import=tsx bench/import.ts [customers=1000] [equal|to-webcrm|to-fortnox|dry-run]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { customer, type ImportWorld, openImports, organisation, type Vendors } from '../test/imports/support.ts';

type Shape = 'equal' | 'to-webcrm' | 'to-fortnox' | 'dry-run';
const count = Number(process.argv[2] ?? 1_000);
const shape = (process.argv[3] ?? 'equal') as Shape;
const LOOK_EVERY_MS = 30_000;
const LOOK_WHILE_LISTING_MS = 100;

/** Which side has the records, and calls of the tighter side for each: Fortnox 5 a second, webCRM 250 a minute. */
const SHAPES: Readonly<Record<Shape, { webcrm: boolean; fortnox: boolean; secondsEach: number }>> = {
  equal: { webcrm: true, fortnox: true, secondsEach: 1 / 5 },
  'to-webcrm': { webcrm: false, fortnox: true, secondsEach: 60 / 250 },
  'to-fortnox': { webcrm: true, fortnox: false, secondsEach: 60 / 250 },
  'dry-run': { webcrm: true, fortnox: false, secondsEach: 0 },
};
const { webcrm: inWebcrm, fortnox: inFortnox, secondsEach } = SHAPES[shape];

const MB = 2 ** 20;
function heapMb(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / MB;
}
const print = (line: string) => process.stdout.write(`${line}\n`);

function seed({ fortnox, webcrm }: Vendors): void {
  for (let n = 0; n < count; n += 1) {
    const number = inFortnox ? fortnox.person.createCustomer(customer(n, { CountryCode: 'SE' })) : '';
    if (inWebcrm)
      webcrm.person.createOrganisation(organisation(n, { OrganisationCustom1: number, OrganisationCountry: 'Sverige' }));
  }
}

/** Records that the import has made at the vendors. */
const made = ({ fortnox, webcrm }: Vendors): number =>
  (fortnox.counts().byRoute['POST /3/customers'] ?? 0) + (webcrm.counts().byRoute['POST /Organisations'] ?? 0);

interface Look {
  readonly heap: number;
  readonly made: number;
}

async function run(world: ImportWorld): Promise<readonly Look[]> {
  const looks: Look[] = [];
  const look = () => looks.push({ heap: heapMb(), made: made(world) });
  look();
  const calls = world.calls();
  const begun = world.runtime.now();
  const { id } = await world.begin({ kinds: ['customer'], dryRun: shape === 'dry-run' });
  for (;;) {
    const { state } = await world.progress(id);
    look();
    if (state === 'done' || state === 'ready' || state === 'failed') break;
    await world.runtime.advance(state === 'running' ? LOOK_EVERY_MS : LOOK_WHILE_LISTING_MS);
  }
  const { state, counts, finishedAt } = await world.progress(id);
  const took = ((finishedAt ?? world.runtime.now()) - begun) / 1000;
  const floor = count * secondsEach;
  print(JSON.stringify({ shape, count, state, counts, calls: world.since(calls), violations: world.violations() }));
  print(`virtual ${took.toFixed(0)} s, floor ${floor.toFixed(0)} s, ratio ${(took / (floor || took)).toFixed(3)}`);
  return looks;
}

const folder = mkdtempSync(join(tmpdir(), 'bench-import-'));
const startedAt = Date.now();
let seeded = 0;
let world: ImportWorld | null = await openImports({
  path: join(folder, 'import.db'),
  seed(vendors) {
    const empty = heapMb();
    seed(vendors);
    seeded = heapMb() - empty;
  },
});
const rssBefore = process.memoryUsage().rss / MB;
const looks = await run(world);
const rss = process.memoryUsage().rss / MB;
await world.close();
let vendors: Pick<ImportWorld, keyof Vendors> | null = { fortnox: world.fortnox, webcrm: world.webcrm };
const total = made(vendors);
world = null;
const withVendors = heapMb();
vendors = null;
const inVendors = withVendors - heapMb();

// What they hold grows with what they are given.
const ofService = looks.map((look) => look.heap - seeded - ((inVendors - seeded) * look.made) / Math.max(1, total));
const [before = 0, ...during] = ofService;
print(`sandboxes ${seeded.toFixed(1)} MB before, ${inVendors.toFixed(1)} MB after`);
print(`service heap ${before.toFixed(1)} MB before, at most ${Math.max(...during).toFixed(1)} MB during`);
print(`process ${rssBefore.toFixed(0)} MB before, ${rss.toFixed(0)} MB after; with the sandboxes`);
print(`real ${((Date.now() - startedAt) / 1000).toFixed(0)} s`);
rmSync(folder, { recursive: true });
