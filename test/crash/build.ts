import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCES = ['src', 'schemas', 'test/crash'];
/** Only this process needs them. */
const LEFT_OUT = /^(sandbox|demo)\//;
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
};

/**
 * The service and the child as plain JavaScript in a folder of their own, so that each of the many processes starts in half
 * a second instead of three. `entry` is the child's file. Raises what the file system raises.
 */
export async function buildChild(): Promise<{ entry: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'crash-build-'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  for (const source of SOURCES) {
    for (const name of await readdir(join(PROJECT, source), { recursive: true })) {
      if (extname(name) !== '.ts' || LEFT_OUT.test(name)) continue;
      const text = await readFile(join(PROJECT, source, name), 'utf8');
      const target = join(folder, source, name.replace(/\.ts$/, '.js'));
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, ts.transpileModule(text, { compilerOptions: OPTIONS, fileName: name }).outputText);
    }
  }
  return {
    entry: join(folder, 'test/crash/child.js'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
