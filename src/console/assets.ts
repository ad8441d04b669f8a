import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly gzip: Buffer;
  readonly brotli: Buffer;
}
export interface ConsoleAssets {
  /** The page itself, which names the others. */
  readonly page: string;
  /** By file name; each name holds a hash of the content, so that it may be cached for ever. */
  readonly files: ReadonlyMap<string, Asset>;
}

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};
const FOLDER = new URL('../../console/', import.meta.url);
const gzipped = promisify(gzip);
const brotlied = promisify(brotliCompress);

/**
 * The console's files. From a build they are read as `scripts/build-console.mjs` wrote them; from sources they are bundled
 * at the first request, by the same script.
 */
export async function loadAssets(): Promise<ConsoleAssets> {
  const files = new Map<string, Asset>();
  for (const [name, body] of await outputs()) {
    const type = TYPES[name.slice(name.lastIndexOf('.') + 1)];
    if (type === undefined) continue;
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
    files.set(name, { type, body, gzip: await gzipped(body, { level: 9 }), brotli: await brotlied(body, quality) });
  }
  const names = [...files.keys()];
  const script = names.find((name) => /^main-.*\.js$/.test(name));
  const style = names.find((name) => /^main-.*\.css$/.test(name));
  if (script === undefined || style === undefined) throw new Error('The console was not built: run npm run build.');
  return { page: pageOf(script, style), files };
}

async function outputs(): Promise<[string, Buffer][]> {
  if (import.meta.url.endsWith('.ts')) {
    const { bundleConsole } = (await import(new URL('../../scripts/build-console.mjs', import.meta.url).href)) as {
      bundleConsole(): Promise<[string, Buffer][]>;
    };
    return bundleConsole();
  }
  const names = await readdir(fileURLToPath(FOLDER));
  return Promise.all(
    names.map(async (name): Promise<[string, Buffer]> => [name, await readFile(new URL(name, FOLDER))]),
  );
}

const pageOf = (script: string, style: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>webCRM and Fortnox in step</title>
<link rel="icon" href="/console/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/console/${style}">
<script type="module" src="/console/${script}"></script>
</head>
<body>
<div id="app"></div>
<noscript>This page needs JavaScript. The same can be done with the API: <a href="/docs">see its description</a>.</noscript>
</body>
</html>
`;
