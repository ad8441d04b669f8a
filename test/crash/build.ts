import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
/** What CommonJS packages inside the bundle ask for. */
const REQUIRE =
  "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);";

/**
 * The service and the child as one file, and the store's thread beside it as another, so that each of the many processes
 * starts in a quarter of a second instead of three. `entry` is the child's file. Raises what esbuild and the file system
 * raise.
 */
export async function buildChild(): Promise<{ entry: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'crash-build-'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  await build({
    absWorkingDir: PROJECT,
    entryPoints: { child: 'test/crash/child.ts', worker: 'src/store/embedded/worker.ts' },
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // A native module, found through the link above.
    external: ['libsql'],
    banner: { js: REQUIRE },
    logLevel: 'error',
  });
  return {
    entry: join(folder, 'child.js'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
