import type { LightMyRequestResponse } from 'fastify';
import type { Io } from '../../src/cli/io.ts';
import { run } from '../../src/cli/main.ts';
import { consentAt } from '../support/consent.ts';
import type { World } from '../support/world.ts';

export const SERVICE_URL = 'https://sync.invalid';

/** Commands that wait for the disk and for no timer: virtual time would run away while it works. */
const ON_DISK: ReadonlySet<string> = new Set(['doctor', 'store']);

/** How a command is called, beside its arguments. */
export interface Calling {
  readonly env?: Record<string, string | undefined>;
  readonly input?: string;
  readonly answers?: readonly string[];
  readonly files?: Record<string, { text: string; mode: number }>;
  readonly isTerminal?: boolean;
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
  /** The command's clock runs ahead of the service's, in ms. */
  readonly aheadMs?: number;
  /** Told of each text that is written beside the answer. */
  readonly onErr?: (text: string) => void;
}
export interface Called {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  /** The answer of `--json`. */
  readonly json: () => never;
}

/** The command line on the service of a world, in its virtual time. */
export function cliOf(world: World) {
  const overHttp: typeof fetch = async (input, init) => {
    const url = new URL(String(input));
    if (url.origin !== SERVICE_URL) throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    const answer: LightMyRequestResponse = await world.app.inject({
      method: (init?.method ?? 'GET') as 'GET',
      url: url.pathname + url.search,
      headers: { ...(init?.headers as Record<string, string>) },
      ...(init?.body ? { payload: String(init.body) } : {}),
    });
    const body = [204, 304].includes(answer.statusCode) ? null : answer.body;
    return new Response(body, { status: answer.statusCode });
  };
  return async (args: readonly string[], calling: Calling = {}): Promise<Called> => {
    let out = '';
    let err = '';
    const answers = [...(calling.answers ?? [])];
    const io: Io = {
      runtime: {
        ...world.runtime,
        now: () => world.runtime.now() + (calling.aheadMs ?? 0),
        fetch: calling.fetch ?? overHttp,
      },
      env: {
        HOME: '/nowhere',
        WEBCRM_FORTNOX_URL: SERVICE_URL,
        WEBCRM_FORTNOX_TOKEN: world.adminToken,
        ...calling.env,
      },
      out(text) {
        out += text;
      },
      err(text) {
        err += text;
        calling.onErr?.(text);
      },
      isTerminal: calling.isTerminal ?? false,
      async ask(question, secret) {
        err += question;
        if (secret === /^Type the name/.test(question)) throw new Error('only secrets are asked for without echo');
        return answers.shift() ?? '';
      },
      readInput: async () => calling.input ?? '',
      readFile: async (path) => calling.files?.[path] ?? null,
      signal: calling.signal ?? new AbortController().signal,
    };
    const running = run(args, io);
    const exit = await (args.some((arg) => ON_DISK.has(arg)) ? running : world.runtime.drive(running, 300_000));
    return { exit, out, err, json: () => JSON.parse(out) as never };
  };
}

/** A person approves at Fortnox's page, and is led back to the service. */
export async function approve(world: World, url: string): Promise<number> {
  return (await world.app.inject({ url: consentAt(world.fortnox, url, 'approve') })).statusCode;
}
