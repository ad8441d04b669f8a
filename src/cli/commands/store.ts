import type { Command } from 'commander';
import { isSyncError } from '../../errors/sync-error.ts';
import { copyPlaces } from '../../store/copy-places.ts';
import { type Context, table } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';

/** `store copy`: works on the stores themselves, not through the service. */
export function storeCommands(program: Command, context: () => Context): void {
  program
    .command('store')
    .description('the store itself; the service must not run')
    .command('copy')
    .description('copy a store into an empty one and compare: a file, or a mongodb address')
    .requiredOption('--from <place>', 'such as data/sync.db')
    .requiredOption('--to <place>', 'such as mongodb://host/sync')
    .action(async ({ from, to }: { from: string; to: string }) => {
      const { answer, io } = context();
      try {
        const sums = await copyPlaces(from, to, io.runtime);
        answer(sums, () =>
          [
            table(
              ['COLLECTION', 'COPIED', 'SHA-256'],
              Object.entries(sums).map(([group, { count, sha256 }]) => [group, String(count), sha256]),
            ),
            'The copy is complete and equal.',
          ].join('\n'),
        );
      } catch (error) {
        if (!isSyncError(error)) throw error;
        throw new CliError(EXIT.refused, `${error.message} Nothing may use the target.`, { code: error.code });
      }
    });
}
