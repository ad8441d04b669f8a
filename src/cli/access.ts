import { homedir } from 'node:os';
import { join } from 'node:path';
import { CliError, EXIT } from './exit.ts';
import type { Io } from './io.ts';

export interface AccessOptions {
  readonly url?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly config?: string;
}
export interface ServiceAccess {
  readonly url: string;
  /** null: none was found. */
  readonly token: string | null;
}

const DEFAULT_URL = 'http://localhost:3000';

/**
 * Where the service is and with which token: a flag, else the environment (WEBCRM_FORTNOX_URL, WEBCRM_FORTNOX_TOKEN, ADMIN_TOKEN), else the
 * file (`url` and `token` as JSON), which nobody else may read. Raises CliError `usage`.
 */
export async function findAccess(io: Io, given: AccessOptions): Promise<ServiceAccess> {
  const { env } = io;
  const path = given.config ?? env.WEBCRM_FORTNOX_CONFIG ?? join(env.HOME ?? homedir(), '.config/webcrm-fortnox.json');
  const kept = await readKept(io, path, given.config !== undefined);
  const url = given.url ?? env.WEBCRM_FORTNOX_URL ?? kept.url ?? DEFAULT_URL;
  if (!/^https?:\/\/[^\s/@]+(\/\S*)?$/.test(url))
    throw new CliError(EXIT.usage, `The service's address must be such as https://sync.example.com, and not ${url}`);
  const fromFile = given.tokenFile === undefined ? undefined : await readSecretFile(io, given.tokenFile);
  const token =
    given.token ?? fromFile ?? env.WEBCRM_FORTNOX_TOKEN ?? env.ADMIN_TOKEN?.split(',')[0] ?? kept.token ?? null;
  return { url: url.replace(/\/+$/, ''), token };
}

async function readKept(io: Io, path: string, wanted: boolean): Promise<{ url?: string; token?: string }> {
  const file = await io.readFile(path);
  if (file === null) {
    if (wanted) throw new CliError(EXIT.usage, `There is no file ${path}.`);
    return {};
  }
  let kept: unknown;
  try {
    kept = JSON.parse(file.text);
  } catch {
    throw new CliError(EXIT.usage, `${path} is not JSON: it holds {"url":"https://...","token":"..."}`);
  }
  const { url, token } = (kept ?? {}) as Record<string, unknown>;
  if (typeof token === 'string') refuseOpen(path, file.mode);
  return {
    ...(typeof url === 'string' ? { url } : {}),
    ...(typeof token === 'string' ? { token } : {}),
  };
}

async function readSecretFile(io: Io, path: string): Promise<string> {
  const file = await io.readFile(path);
  if (file === null || file.text.trim() === '') throw new CliError(EXIT.usage, `There is no token in ${path}.`);
  refuseOpen(path, file.mode);
  return file.text.trim();
}

function refuseOpen(path: string, mode: number): void {
  if ((mode & 0o077) !== 0)
    throw new CliError(EXIT.usage, `${path} holds a token and others may read it: chmod 600 ${path}`);
}
