import { readFile, rm } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/**
 * Makes a JavaScript file of each test, with what several of them import in chunks that they share: a process then reads some
 * tens of files in place of several hundred TypeScript ones, and starts in a third of the time. Gives the file of each test.
 */
export async function bundleTests(files, outdir) {
  await rm(outdir, { recursive: true, force: true });
  await build({
    entryPoints: files,
    outdir,
    outbase: '.',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'error',
    plugins: [{ name: 'own-address', setup: keepAddresses }],
  });
  return new Map(files.map((file) => [file, `${outdir}/${file.replace(/\.ts$/, '.mjs')}`]));
}

/** Fixtures, threads and children are found beside the source, wherever the code that names them stands. */
function keepAddresses(plugin) {
  plugin.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
    const text = await readFile(path, 'utf8');
    return { loader: 'ts', contents: text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)) };
  });
}
