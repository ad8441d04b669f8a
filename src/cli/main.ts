import { Command, CommanderError } from 'commander';
import type { AccessOptions } from './access.ts';
import { activityCommand } from './commands/activity.ts';
import { checkCommand } from './commands/check.ts';
import { connectCommand } from './commands/connect.ts';
import { doctorCommand } from './commands/doctor.ts';
import { explainCommand } from './commands/explain.ts';
import { failedCommands } from './commands/failed.ts';
import { importCommand } from './commands/import.ts';
import { storeCommands } from './commands/store.ts';
import { tenantCommands } from './commands/tenants.ts';
import { tokenCommands } from './commands/tokens.ts';
import { createContext } from './context.ts';
import { CliError, EXIT, type Exit } from './exit.ts';
import type { Io } from './io.ts';

const HELP = `
Exit codes: 0 done; 1 done, and what it found is not good; 2 called wrongly; 3 token missing or not allowed;
4 no service answers; 5 the service refuses; 6 the service failed; 130 interrupted.

Address and token: a flag, else WEBCRM_FORTNOX_URL and WEBCRM_FORTNOX_TOKEN (or ADMIN_TOKEN), else "url" and "token"
in ~/.config/webcrm-fortnox.json (mode 0600).`;

/** Runs one command, given without node and script; gives the exit code. Raises nothing. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let exit: Exit = EXIT.ok;
  const program = new Command('webcrm-fortnox');
  program
    .description('Administers the webCRM - Fortnox synchronisation through its API.')
    .option('--url <address>', 'where the service is')
    .option('--token <token>', 'seen by everybody on this machine: better --token-file or the environment')
    .option('--token-file <path>', 'a file with the token, mode 0600')
    .option('--config <path>', 'another file with url and token')
    .option('--json', 'the answer as JSON, for scripts')
    .addHelpText('after', HELP)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) });
  const context = () =>
    createContext(io, program.opts<AccessOptions & { json?: boolean }>(), (code) => {
      exit = code;
    });
  for (const add of [
    tenantCommands,
    connectCommand,
    checkCommand,
    importCommand,
    failedCommands,
    explainCommand,
    activityCommand,
    tokenCommands,
    storeCommands,
    doctorCommand,
  ])
    add(program, context);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exit;
  } catch (error) {
    return ended(error, io, program.opts<{ json?: boolean }>().json === true);
  }
}

function ended(error: unknown, io: Io, json: boolean): number {
  // It has said what was wrong, or shown its help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof CliError) {
    const { message, problem } = error;
    io.err(json ? `${JSON.stringify({ error: { message, ...problem } })}\n` : `${message}\n`);
    return error.exit;
  }
  io.err(`An error in this program: ${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT.failed;
}
