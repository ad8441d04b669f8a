// Bundles the console (console/) for the browser. `npm run build` runs it for dist/console; from sources the service calls it.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'dist/console');

/** The files by name, each with a hash of its content in it. */
export async function bundleConsole() {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: { main: 'console/main.tsx' },
    outdir: OUT,
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    // Languages are fetched when they are chosen.
    splitting: true,
    target: ['es2022', 'safari16'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    logLevel: 'warning',
  });
  return outputFiles.map((file) => [basename(file.path), Buffer.from(file.contents)]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await rm(OUT, { recursive: true, force: true });
  await mkdir(OUT, { recursive: true });
  for (const [name, body] of await bundleConsole()) await writeFile(join(OUT, name), body);
}
