import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';

/** The rows of the table under a heading, as their cells. */
function rowsUnder(heading: string, file: string): string[][] {
  const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  const from = text.indexOf(`\n${heading}\n`);
  const [table = ''] = text.slice(from).match(/\n\|[\s\S]*?\n(?!\|)/) ?? [];
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => line.split('|').slice(1, -1));
}

for (const [file, heading, least] of [
  ['DESIGN.md', '## When things fail', 20],
  ['SECURITY.md', '## Who may attack, and what stands in the way', 8],
] as const)
  t.test(`B1 B8 every row of "${heading.slice(3)}" in ${file} names tests that are there`, async (t) => {
    const rows = rowsUnder(heading, file);
    t.ok(rows.length >= least, `${rows.length} rows`);
    for (const row of rows) {
      const named = [...(row.at(-1) ?? '').matchAll(/`((?:test|bench)\/[^`]+)`/g)].map(([, path]) => path ?? '');
      t.ok(named.length > 0, `"${row[0]?.trim()}" names one`);
      for (const path of named) t.ok(existsSync(new URL(`../${path}`, import.meta.url)), path);
    }
  });
