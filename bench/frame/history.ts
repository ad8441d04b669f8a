import { appendFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Result } from './result.ts';

const FULL = new URL('../history/', import.meta.url);
const SHORT = new URL('../../.bench/history/', import.meta.url);

/** Adds a line to the bench's history: full runs to the one that is kept with the code, short ones to this machine's own. */
export function keep(result: Result): string {
  const folder = result.full ? FULL : SHORT;
  mkdirSync(folder, { recursive: true });
  const file = fileURLToPath(new URL(`${result.bench}.jsonl`, folder));
  appendFileSync(file, `${JSON.stringify(result)}\n`);
  return file;
}
