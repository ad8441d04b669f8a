import type { Command } from 'commander';
import { sleep } from '../../runtime.ts';
import type { Api } from '../api.ts';
import { type Context, findTenant, time } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import type { ActivityLine } from '../views.ts';

const MOST_LAST = 100;
const AGAIN_MS = 3_000;
/** Lines that are known again when they come twice after a broken line. */
const KEPT = 1_000;

/** `activity`: the newest lines of the log; `--follow` goes on as they are written. */
export function activityCommand(program: Command, context: () => Context): void {
  program
    .command('activity <tenant>')
    .description('what was done and what was not, and why, newest last; --follow goes on until Ctrl-C')
    .option('--last <count>', `so many lines, ${MOST_LAST} at most`, '20')
    .option('--follow', 'show lines as they are written; with --json one object a line')
    .action(async (wanted: string, { last, follow: goesOn }: { last: string; follow?: boolean }) => {
      if (!/^\d{1,3}$/.test(last) || Number(last) > MOST_LAST)
        throw new CliError(EXIT.usage, `--last wants a number from 0 to ${MOST_LAST}.`);
      const { api: open, answer } = context();
      const api = await open();
      const { id } = await findTenant(api, wanted);
      if (goesOn) return follow(context(), api, `/tenants/${id}/activity/stream`, last);
      const count = Number(last);
      const lines = count === 0 ? [] : await api.all<ActivityLine>(`/tenants/${id}/activity`, { limit: last }, count);
      answer(lines.toReversed(), () => lines.toReversed().map(textOf).join('\n'));
    });
}

/** Shows lines until it is interrupted; a broken line is made anew, and nothing of it is missed or shown twice. */
async function follow({ io, json, say }: Context, api: Api, path: string, last: string): Promise<never> {
  const seen = new Set<string>();
  let place: string | null = null;
  for (;;) {
    try {
      for await (const { event, id, data } of api.events(path, { last }, place)) {
        if (event === 'end') throw new CliError(EXIT.denied, 'The token holds no longer.');
        if (event === 'gap') say('More lines came than are shown here: see the whole list without --follow.');
        if (event !== 'line') continue;
        place = id ?? place;
        const line = data as ActivityLine;
        if (seen.has(line.id)) continue;
        seen.add(line.id);
        for (const old of seen) if (seen.size > KEPT) seen.delete(old);
        io.out(`${json ? JSON.stringify(line) : textOf(line)}\n`);
      }
    } catch (error) {
      // Whoever is refused, or interrupts it, is told; a service that starts again is waited for.
      if (!(error instanceof CliError) || (error.exit !== EXIT.unreachable && error.exit !== EXIT.failed)) throw error;
    }
    say('The connection broke; it is made again.');
    await sleep(io.runtime, AGAIN_MS, io.signal);
  }
}

function textOf({ at, action, entity, webcrmId, fortnoxId, message, changes }: ActivityLine): string {
  const record = entity === 'tenant' ? 'tenant' : `${entity} ${webcrmId ?? '-'}/${fortnoxId ?? '-'}`;
  const fields = changes.length === 0 ? '' : ` [${changes.map(({ field }) => field).join(', ')}]`;
  return `${time(at)}  ${action}  ${record}  ${message}${fields}`;
}
