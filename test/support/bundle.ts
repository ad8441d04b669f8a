import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
/** What CommonJS packages inside the bundle ask for. */
const REQUIRE =
  "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.filename);";

export interface Bundle {
  readonly folder: string;
  remove(): Promise<void>;
}

/**
 * Each entry (a path in the project, by its name) as one file `<name>.js` in a new folder: a process of it starts in a quarter of
 * a second instead of three, and runs faster, since the loader of the sources gives every function its name each time it is made.
 * Raises what esbuild and the file system raise.
 */
export async function bundle(entries: Readonly<Record<string, string>>): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  await build({
    absWorkingDir: PROJECT,
    entryPoints: { ...entries },
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Native modules, found through the link above.
    external: ['libsql', 'esbuild'],
    banner: { js: REQUIRE },
    sourcemap: true,
    logLevel: 'error',
  });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
