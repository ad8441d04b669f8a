import type { Command } from 'commander';
import { type Context, findTenant, table, time } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Job, Retried } from '../views.ts';

/** `failed` and `retry`: what failed for good, and how it is tried again. */
export function failedCommands(program: Command, context: () => Context): void {
  program
    .command('failed <tenant>')
    .description('records that failed for good, each with its reason (exit 1: there are some)')
    .action(async (wanted: string) => {
      const { api: open, answer, end } = context();
      const api = await open();
      const { id, name } = await findTenant(api, wanted);
      const jobs = await api.all<Job>(`/tenants/${id}/jobs`, { state: 'dead' });
      answer(jobs, () =>
        jobs.length === 0
          ? `Nothing has failed at ${name}.`
          : table(
              ['KEY', 'TRIES', 'SINCE', 'CODE', 'REASON'],
              jobs.map(({ key, attempts, lastError }) => [
                key,
                String(attempts),
                time(lastError?.at ?? null),
                lastError?.code ?? '-',
                lastError?.message ?? '-',
              ]),
            ),
      );
      if (jobs.length > 0) end(EXIT.bad);
    });
  program
    .command('retry <tenant> [keys...]')
    .description('try failed records again: those of the keys that failed shows, or --all')
    .option('--all', 'everything that failed')
    .action(async (wanted: string, keys: string[], { all }: { all?: boolean }) => {
      const { api: open, answer, end, say } = context();
      if ((all === true) === keys.length > 0)
        throw new CliError(EXIT.usage, 'Name the keys that failed shows, or say --all.');
      const api = await open();
      const { id } = await findTenant(api, wanted);
      const result = await api.call<Retried>('POST', `/tenants/${id}/jobs/retry`, all ? {} : { keys });
      answer(result, () => `${result.retried} ${result.retried === 1 ? 'record is' : 'records are'} tried again.`);
      if (!all && result.retried < keys.length) {
        say(`${keys.length - result.retried} of the keys had not failed (any more).`);
        end(EXIT.bad);
      }
    });
}
