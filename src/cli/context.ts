import { type AccessOptions, findAccess } from './access.ts';
import { type Api, createApi } from './api.ts';
import { CliError, EXIT, type Exit } from './exit.ts';
import type { Io } from './io.ts';
import type { Tenant } from './views.ts';

/** What a command is given: the outside world, the API, and how to say its answer. */
export interface Context {
  readonly io: Io;
  readonly json: boolean;
  readonly access: AccessOptions;
  /** Found when it is first wanted: `store` and `doctor` need none. */
  api(): Promise<Api>;
  /** The answer: as JSON for scripts, else as the text that `show` gives. */
  answer(value: unknown, show: () => string): void;
  /** A line beside the answer. */
  say(text: string): void;
  /** What the process ends with; 0 unless it is set. */
  end(exit: Exit): void;
}

export function createContext(io: Io, options: AccessOptions & { json?: boolean }, end: (exit: Exit) => void): Context {
  const json = options.json === true;
  let api: Promise<Api> | null = null;
  return {
    io,
    json,
    access: options,
    api() {
      api ??= findAccess(io, options).then((access) =>
        createApi(access, { fetch: io.runtime.fetch, signal: io.signal }),
      );
      return api;
    },
    answer(value, show) {
      const text = json ? JSON.stringify(value, null, 2) : show();
      if (text !== '') io.out(`${text}\n`);
    },
    say: (text) => io.err(`${text}\n`),
    end,
  };
}

/** The tenant by its id or its name; raises CliError `refused` when there is none, or more than one. */
export const findTenant = async (api: Api, wanted: string): Promise<Tenant> =>
  tenantAmong(await api.all<Tenant>('/tenants'), wanted);

/** As findTenant, among those that were read already. */
export function tenantAmong(all: readonly Tenant[], wanted: string): Tenant {
  const byId = all.find(({ id }) => id === wanted);
  if (byId !== undefined) return byId;
  const named = all.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (named.length === 1 && named[0] !== undefined) return named[0];
  const known = all.map(({ name }) => name).slice(0, 10);
  throw new CliError(
    EXIT.refused,
    named.length > 1
      ? `${named.length} tenants are named ${wanted}: give the id of one (${named.map(({ id }) => id).join(', ')}).`
      : `There is no tenant ${wanted}${known.length === 0 ? '' : `. There are: ${known.join(', ')}${all.length > 10 ? ' ...' : ''}`}`,
  );
}

/** Rows under their headings, each column as wide as its widest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return lines.join('\n');
}

/** Milliseconds since the epoch as a time that a person reads; `-` for null. */
export const time = (at: number | null): string =>
  at === null ? '-' : new Date(at).toISOString().slice(0, 16).replace('T', ' ');
