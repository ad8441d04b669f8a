import { type Command, Option } from 'commander';
import { sleep } from '../../runtime.ts';
import type { Api } from '../api.ts';
import { type Context, findTenant, time } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Check, Connected, CredentialNames, SignIn } from '../views.ts';
import { checkText } from './check.ts';

const WAYS = ['page', 'code', 'refresh-token', 'client-credentials', 'keep'] as const;
interface ConnectOptions {
  readonly webcrm: 'token' | 'keep';
  readonly fortnox: (typeof WAYS)[number];
  readonly account: 'service' | 'user';
  readonly redirectUri?: string;
  readonly fortnoxTenant?: string;
  readonly stdin?: boolean;
}
type Secrets = (question: string) => Promise<string>;

const LOOK_EVERY_MS = 2_000;

/** `connect`: guides through both credentials, the check, and the start. */
export function connectCommand(program: Command, context: () => Context): void {
  program
    .command('connect <tenant>')
    .description('store both credentials, check, and start the synchronisation (exit 1: the check found a fault)')
    .addOption(
      new Option('--webcrm <way>', 'the application token, asked for').choices(['token', 'keep']).default('token'),
    )
    .addOption(
      new Option('--fortnox <way>', 'by its page, or by a secret that is asked for').choices(WAYS).default('page'),
    )
    .addOption(
      new Option('--account <kind>', 'with page: whose account').choices(['service', 'user']).default('service'),
    )
    .option('--redirect-uri <address>', 'with code: the address that was used to get it')
    .option('--fortnox-tenant <number>', "with client-credentials: the company's DatabaseNumber")
    .option('--stdin', 'read secrets from standard input, one a line, in the order in which they would be asked')
    .action(async (wanted: string, options: ConnectOptions) => {
      const { api: open, answer, end, say, io } = context();
      if (options.fortnox === 'code' && options.redirectUri === undefined)
        throw new CliError(EXIT.usage, '--fortnox code needs --redirect-uri.');
      if (options.fortnox === 'client-credentials' && options.fortnoxTenant === undefined)
        throw new CliError(EXIT.usage, '--fortnox client-credentials needs --fortnox-tenant.');
      const api = await open();
      const { id, name } = await findTenant(api, wanted);
      const ask = options.stdin
        ? fromInput((await io.readInput()).split('\n'))
        : (question: string) => io.ask(question, true);
      if (options.webcrm === 'token') {
        const applicationToken = await ask('webCRM application token (Configuration > Integration > API > REST): ');
        await api.call('PUT', `/tenants/${id}/credentials/webcrm`, { applicationToken });
        say('webCRM accepts the token.');
      }
      await connectFortnox(context(), api, id, options, ask);
      const check = await api.call<Check>('POST', `/tenants/${id}/check`);
      if (!check.ok) {
        answer(
          { connected: false, check },
          () => `${checkText(check)}\nNot connected: mend the faults, then connect again.`,
        );
        return end(EXIT.bad);
      }
      const result = await api.call<Connected>('POST', `/tenants/${id}/connect`);
      answer({ connected: true, ...result }, () => `${checkText(result.check)}\n${name} is connected.`);
    });
}

function fromInput(lines: string[]): Secrets {
  return async (question) => {
    const line = lines.shift()?.trim() ?? '';
    if (line === '') throw new CliError(EXIT.usage, `Standard input has no line for: ${question.replace(/: $/, '')}`);
    return line;
  };
}

async function connectFortnox(
  context: Context,
  api: Api,
  id: string,
  options: ConnectOptions,
  ask: Secrets,
): Promise<void> {
  const put = (grant: object) => api.call('PUT', `/tenants/${id}/credentials/fortnox`, grant);
  switch (options.fortnox) {
    case 'keep':
      return;
    case 'page':
      return byPage(context, api, id, options.account);
    case 'code':
      await put({
        grant: 'authorization_code',
        code: await ask('Fortnox authorization code: '),
        redirectUri: options.redirectUri,
      });
      break;
    case 'refresh-token':
      await put({ grant: 'refresh_token', refreshToken: await ask('Fortnox refresh token: ') });
      break;
    case 'client-credentials':
      await put({ grant: 'client_credentials', tenantId: options.fortnoxTenant });
      break;
  }
  context.say('Fortnox accepts the grant.');
}

/** A person approves in a browser, and Fortnox tells the service; here it is only waited for. */
async function byPage({ io, say }: Context, api: Api, id: string, account: string): Promise<void> {
  const storedAt = async () => {
    const { items } = await api.get<CredentialNames>(`/tenants/${id}/credentials`);
    return items.find(({ name }) => name === 'fortnox-tokens')?.updatedAt ?? null;
  };
  const before = await storedAt();
  const page = await api.call<SignIn>('POST', `/tenants/${id}/fortnox/authorize`, {
    account,
  });
  say(
    `Open this address as an administrator of the company, and approve (until ${time(page.expiresAt)} UTC):\n\n  ${page.url}\n`,
  );
  while ((await storedAt()) === before) {
    if (io.signal.aborted) throw new CliError(EXIT.interrupted, 'No longer waited for; the page still works.');
    if (io.runtime.now() > page.expiresAt)
      throw new CliError(EXIT.refused, 'Nobody approved in time: run connect again for a new address.');
    await sleep(io.runtime, LOOK_EVERY_MS, io.signal);
  }
  say('Fortnox is approved.');
}
