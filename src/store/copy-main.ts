import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { systemRuntime } from '../runtime.ts';
import { copyStore } from './copy.ts';
import { openEmbeddedTransfer } from './embedded/transfer.ts';
import { openMongoTransfer } from './mongo/transfer.ts';
import type { TransferStore } from './transfer.ts';

const USAGE = `npm run store:copy -- --from <file or mongodb address> --to <file or mongodb address>
Stop the service first; the target must be empty.`;

const isMongo = (place: string): boolean => /^mongodb(\+srv)?:\/\//.test(place);

const open = async (place: string): Promise<TransferStore> =>
  isMongo(place) ? openMongoTransfer({ url: place, runtime: systemRuntime() }) : openEmbeddedTransfer(place);

async function main(): Promise<void> {
  const { from, to } = parseArgs({ options: { from: { type: 'string' }, to: { type: 'string' } } }).values;
  if (!from || !to || from === to) throw new Error(`Two different stores must be named:\n${USAGE}`);
  if (!isMongo(from) && !existsSync(from)) throw new Error(`There is no file ${from} to copy from.\n${USAGE}`);
  const source = await open(from);
  try {
    const target = await open(to);
    try {
      const sums = await copyStore(source, target);
      for (const [group, { count, sha256 }] of Object.entries(sums))
        process.stdout.write(`${group}: ${count} copied and compared, sha256 ${sha256}\n`);
      process.stdout.write('The copy is complete and equal.\n');
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`Nothing may use the target: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
