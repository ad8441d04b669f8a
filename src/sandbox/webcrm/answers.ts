import type { SandboxResponse } from '../chassis.ts';
import type { Call } from '../common/front-door.ts';
import { Refusal } from './refusal.ts';
import type { WebcrmSwitches } from './switches.ts';
import { jsonObject } from './validate.ts';

/** The default is not documented; clients always name it. */
const DEFAULT_SIZE = 100;
const MAX_SIZE = 1000;
const MAX_PAGE = 1_000_000;

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): SandboxResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(body),
});
export const empty = (status: number): SandboxResponse => ({ status, headers: {}, body: '' });
export const failure = (status: number, message: string): SandboxResponse =>
  json(status, { Message: message, Type: 'ApiException' });
export const missing = (switches: WebcrmSwitches, what: string): SandboxResponse =>
  switches.missingAnswer === '404' ? failure(404, `${what} does not exist`) : empty(204);

/** A parameter of the query, its name in any case; null when it is not there. */
export function parameter(url: URL, name: string): string | null {
  for (const [key, value] of url.searchParams) if (key.toLowerCase() === name.toLowerCase()) return value;
  return null;
}

/** A segment of the path as text. Raises Refusal. */
export function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Refusal(`The path is not well encoded: ${segment}`);
  }
}

export const bodyOf = ({ request }: Call): Record<string, unknown> =>
  jsonObject(request.headers['content-type'], request.body);

/** The id in the path. Raises Refusal. */
export function idOf({ params }: Call): number {
  const value = Number(params[0]);
  if (!Number.isSafeInteger(value)) throw new Refusal(`${params[0]} is no id`);
  return value;
}

/** The rows of the page that was asked for. Raises Refusal. */
export function pageOf<T>(url: URL, switches: WebcrmSwitches, rows: readonly T[]): T[] {
  const whole = (name: string, fallback: number): number => {
    const text = parameter(url, name);
    if (text === null) return fallback;
    if (!/^[1-9]\d{0,8}$/.test(text)) throw new Refusal(`${name}: ${text} is out of range`);
    return Number(text);
  };
  const page = whole('Page', 1);
  const asked = whole('Size', DEFAULT_SIZE);
  if (page > MAX_PAGE) throw new Refusal(`Page: ${page} is out of range`);
  if (asked > MAX_SIZE && switches.sizeAbove1000 === 'refused') throw new Refusal(`Size: ${asked} is out of range`);
  const size = Math.min(asked, MAX_SIZE);
  return rows.slice((page - 1) * size, page * size);
}
