import { type Command, Option } from 'commander';
import { ROLES } from '../../../schemas/access.ts';
import { type Context, table, tenantAmong, time } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import type { MadeToken, Tenant, Token } from '../views.ts';

const DAY_MS = 86_400_000;

/** `tokens`: list, create, rotate, revoke. */
export function tokenCommands(program: Command, context: () => Context): void {
  const tokens = program.command('tokens').description('tokens of the API');
  const made = ({ token, secret }: MadeToken) =>
    `${token.name} (${token.role}), id ${token.id}\nShown this once: ${secret}`;

  tokens
    .command('list', { isDefault: true })
    .description('every token; never its secret')
    .action(async () => {
      const { api, answer } = context();
      const all = await (await api()).all<Token>('/tokens');
      answer(all, () =>
        table(
          ['ID', 'NAME', 'ROLE', 'STATE', 'TENANTS', 'ENDS', 'LAST USED'],
          all.map((one) => [
            ...[one.id, one.name, one.role, one.state, one.tenants === null ? 'all' : String(one.tenants.length)],
            time(one.expiresAt),
            time(one.lastUsedAt),
          ]),
        ),
      );
    });
  tokens
    .command('create <name>')
    .description('make a token; its secret is shown once')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .option('--tenant <tenant...>', 'the tenants that it reaches; all when not given')
    .option('--days <number>', 'how long it counts; without end when not given')
    .action(async (name: string, options: { role: string; tenant?: string[]; days?: string }) => {
      const { api: open, answer, io } = context();
      if (options.days !== undefined && !/^[1-9]\d{0,3}$/.test(options.days))
        throw new CliError(EXIT.usage, '--days is a whole number of days, 1 to 9999.');
      const api = await open();
      const known = options.tenant === undefined ? [] : await api.all<Tenant>('/tenants');
      const tenants = options.tenant?.map((wanted) => tenantAmong(known, wanted).id) ?? null;
      const result = await api.call<MadeToken>('POST', '/tokens', {
        name,
        role: options.role,
        tenants,
        expiresAt: options.days === undefined ? null : io.runtime.now() + Number(options.days) * DAY_MS,
      });
      answer(result, () => made(result));
    });
  tokens
    .command('rotate <id>')
    .description('a new secret; the former one counts on for a day')
    .action(async (id: string) => {
      const { api, answer } = context();
      const result = await (await api()).call<MadeToken>('POST', `/tokens/${encodeURIComponent(id)}/rotate`, {});
      answer(result, () => made(result));
    });
  tokens
    .command('revoke <id>')
    .description('it no longer counts, from its next request on')
    .action(async (id: string) => {
      const { api, answer } = context();
      await (await api()).call('DELETE', `/tokens/${encodeURIComponent(id)}`);
      answer({ revoked: id }, () => `Revoked: ${id}`);
    });
}
