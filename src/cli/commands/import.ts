import { type Command, Option } from 'commander';
import { IMPORT_DIRECTIONS, IMPORT_KINDS, type ImportState } from '../../../schemas/imports.ts';
import { sleep } from '../../runtime.ts';
import { bar, createPrinter } from '../../terminal/print.ts';
import type { Api } from '../api.ts';
import { type Context, findTenant, table } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import type { ImportRun } from '../views.ts';

interface ImportOptions {
  readonly kinds?: string;
  readonly direction?: string;
  readonly from?: string;
  readonly dryRun?: boolean;
  readonly watch?: boolean;
  readonly start?: string;
  readonly stop?: string;
  readonly resume?: string;
  readonly show?: string;
}

const LOOK_EVERY_MS = 1_000;
/** A log gets a line for each of so many parts. */
const MILESTONES = 10;
const ENDED: readonly ImportState[] = ['ready', 'stopped', 'done', 'failed'];

/** `import`: begin, start, stop, resume, show; `--watch` follows it to its end. */
export function importCommand(program: Command, context: () => Context): void {
  const which = 'an import of this id';
  program
    .command('import <tenant>')
    .description('import both registers; --dry-run shows first what would be done (exit 1: it failed, or records did)')
    .option('--kinds <list>', `comma-separated: ${IMPORT_KINDS.join(', ')} (default: article,customer)`)
    .addOption(new Option('--direction <way>', 'on which side missing records are made').choices(IMPORT_DIRECTIONS))
    .option('--from <date>', 'documents from this date on, YYYY-MM-DD')
    .option('--dry-run', 'write nothing: end with what would be done')
    .addOption(
      new Option('--start <id>', `start ${which}: a dry run that is ready`).conflicts(['stop', 'resume', 'show']),
    )
    .addOption(new Option('--stop <id>', `stop ${which}`).conflicts(['resume', 'show']))
    .addOption(new Option('--resume <id>', `resume ${which}`).conflicts(['show']))
    .option('--show <id>', `show ${which}`)
    .option('--watch', 'follow it to its end, with a progress bar; Ctrl-C leaves it running')
    .action(async (wanted: string, options: ImportOptions) => {
      const { api: open, answer, end, io } = context();
      const kinds = options.kinds?.split(',').map((kind) => kind.trim());
      for (const kind of kinds ?? [])
        if (!(IMPORT_KINDS as readonly string[]).includes(kind))
          throw new CliError(EXIT.usage, `${kind} is no kind: ${IMPORT_KINDS.join(', ')}`);
      const api = await open();
      const { id: tenant } = await findTenant(api, wanted);
      const { direction, from, dryRun } = options;
      let view = await begin(api, `/tenants/${tenant}/imports`, options, { kinds, direction, from, dryRun });
      if (options.watch) view = await follow(context(), api, `/tenants/${tenant}/imports/${view.id}`, view);
      else if (!ENDED.includes(view.state))
        io.err(`It runs. Follow it with: import ${tenant} --show ${view.id} --watch\n`);
      answer(view, () => textOf(view));
      if (view.state === 'failed' || view.dead > 0) end(EXIT.bad);
    });
}

async function begin(
  api: Api,
  path: string,
  { start, stop, resume, show }: ImportOptions,
  body: object,
): Promise<ImportRun> {
  if (show !== undefined) return api.get(`${path}/${encodeURIComponent(show)}`);
  for (const [verb, id] of Object.entries({ start, stop, resume }))
    if (id !== undefined) return api.call('POST', `${path}/${encodeURIComponent(id)}/${verb}`);
  return api.call('POST', path, body);
}

/** Shows the progress until the import ends by itself or for a person. */
async function follow({ io }: Context, api: Api, path: string, begun: ImportRun): Promise<ImportRun> {
  const printer = createPrinter({ write: (text) => io.err(text) }, io.isTerminal, '');
  for (let view = begun; ; view = await api.get<ImportRun>(path)) {
    if (io.signal.aborted) throw new CliError(EXIT.interrupted, 'No longer watched; the import goes on.');
    const done = ['comparing', 'ready'].includes(view.state) ? view.compared : view.done;
    const left = view.remainingSeconds === null ? '' : `, about ${view.remainingSeconds} s left`;
    const parts = ENDED.includes(view.state)
      ? MILESTONES + 1
      : Math.floor((done / Math.max(1, view.total)) * MILESTONES);
    if (view.state === 'listing') printer.progress('listing both registers', -1);
    else printer.progress(`${bar(done, view.total)} ${view.state}: ${done} of ${view.total} records${left}`, parts);
    if (ENDED.includes(view.state)) {
      printer.settle();
      return view;
    }
    await sleep(io.runtime, LOOK_EVERY_MS, io.signal);
  }
}

function textOf(view: ImportRun): string {
  const counts = Object.entries(view.counts);
  const lines = [`Import ${view.id}: ${view.state}, ${view.total} records`];
  if (view.error !== null) lines.push(view.error);
  if (counts.length > 0)
    lines.push(
      table(
        ['WHAT', 'RECORDS'],
        counts.map(([outcome, count]) => [outcome, String(count)]),
      ),
    );
  if (view.state === 'ready')
    lines.push(`Nothing was written yet. Start it with: import <tenant> --start ${view.id} --watch`);
  if (view.failing > 0)
    lines.push(`${view.failing} records fail for now and are tried again, also when the import is done`);
  if (view.dead > 0) lines.push(`${view.dead} records failed: see failed <tenant>`);
  return lines.join('\n');
}
