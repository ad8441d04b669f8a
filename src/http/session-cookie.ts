import type { FastifyRequest } from 'fastify';
import type { Access } from '../access/access.ts';
import type { Sessions } from '../console/sessions.ts';
import { SyncError } from '../errors/sync-error.ts';
import type { Authenticate } from './authenticate.ts';

/** The header that the console's own script sends; a form or a link of another site cannot. */
const CONSOLE_HEADER = 'x-console';
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface SessionCookie {
  /** The session's text in the request's cookie; null: there is none. */
  ticketOf(request: FastifyRequest): string | null;
  /** Set-Cookie of a new session, or of its end. */
  set(ticket: string, seconds: number): string;
  clear(): string;
}

const isHttps = (publicUrl: string): boolean => publicUrl.startsWith('https:');
/** Over https the name's prefix makes browsers refuse the cookie from any other host, path or an open line. */
export const cookieName = (publicUrl: string): string => (isHttps(publicUrl) ? '__Host-console' : 'console');

/** The cookie of a service at this address. */
export function sessionCookie(publicUrl: string): SessionCookie {
  const name = cookieName(publicUrl);
  const flags = `Path=/; HttpOnly; SameSite=Strict${isHttps(publicUrl) ? '; Secure' : ''}`;
  return {
    ticketOf(request) {
      for (const part of (request.headers.cookie ?? '').split(';')) {
        const at = part.indexOf('=');
        if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim() || null;
      }
      return null;
    },
    set: (ticket, seconds) => `${name}=${ticket}; Max-Age=${seconds}; ${flags}`,
    clear: () => `${name}=; Max-Age=0; ${flags}`,
  };
}

/**
 * Raises `cross-site` unless the request comes from our own page: the browser says so (Sec-Fetch-Site, or Origin where it
 * does not), and the header that only our script can send is there.
 */
export function refuseCrossSite(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site'];
  const { origin } = request.headers;
  const isOurs =
    site === undefined
      ? origin === undefined || hostOf(origin) === hostOf(`http://${request.host}`)
      : site === 'same-origin';
  if (isOurs && request.headers[CONSOLE_HEADER] !== undefined) return;
  throw new SyncError('cross-site', 'A signed-in page of another origin may not do this: use the console itself.');
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

/**
 * By the console's cookie: whoever the token in it belongs to. What changes anything is refused unless it comes from the
 * console's own page (raises `cross-site`).
 */
export const bySession =
  (deps: {
    readonly access: Pick<Access, 'principalOf'>;
    readonly sessions: Pick<Sessions, 'tokenOf'>;
    readonly cookie: SessionCookie;
  }): Authenticate =>
  async (request) => {
    const ticket = deps.cookie.ticketOf(request);
    // A header goes before a cookie: a program that sends a wrong token is told so.
    if (ticket === null || request.headers.authorization !== undefined) return null;
    const session = await deps.sessions.tokenOf(ticket);
    const principal = session === null ? null : await deps.access.principalOf(session.token);
    if (principal !== null && !SAFE_METHODS.has(request.method)) refuseCrossSite(request);
    return principal;
  };
