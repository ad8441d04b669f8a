import type { SandboxRequest, SandboxResponse } from '../chassis.ts';

export const CLIENT_ID = 'sandbox-client';
export const CLIENT_SECRET = 'sandbox-secret';
/** The company's DatabaseNumber unless another is given; it is its tenant id as well. */
export const TENANT_ID = 1_234_567;
const CODE_LIFETIME_MS = 600_000;

const refused = (status: number, type: string, error: string, description: string): SandboxResponse => ({
  status,
  headers: { 'content-type': type },
  body: JSON.stringify({ error, error_description: description }),
});

/** The token endpoint's state: codes and refresh tokens serve once, access tokens last `lifetimeMs()`. */
export function createTokens(deps: {
  now: () => number;
  random: () => number;
  databaseNumber: number;
  lifetimeMs: () => number;
}) {
  const { now, random, databaseNumber } = deps;
  const codes = new Map<string, { until: number; redirectUri: string | null }>();
  const refreshTokens = new Set<string>();
  const accessTokens = new Map<string, number>();
  let issued = 0;

  function fresh(kind: string): string {
    issued += 1;
    return `${kind}-${issued}-${Math.floor(random() * 2 ** 48).toString(36)}`;
  }
  function issueRefreshToken(): string {
    const token = fresh('refresh');
    refreshTokens.add(token);
    return token;
  }
  function granted(form: URLSearchParams, tenant: string | undefined): boolean {
    switch (form.get('grant_type')) {
      case 'authorization_code': {
        const code = form.get('code') ?? '';
        const issued = codes.get(code);
        codes.delete(code);
        if (issued === undefined || now() >= issued.until) return false;
        return issued.redirectUri === null || issued.redirectUri === form.get('redirect_uri');
      }
      case 'refresh_token':
        return refreshTokens.delete(form.get('refresh_token') ?? '');
      case 'client_credentials':
        return tenant === String(databaseNumber);
      default:
        return false;
    }
  }

  return {
    /** POST /oauth-v1/token, with the odd content types of its refusals (fortnox.md 2.5). */
    exchange(request: SandboxRequest): SandboxResponse {
      const basic = `Basic ${Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64')}`;
      if (request.headers.authorization !== basic)
        return refused(401, 'text/plain', 'invalid_client', 'The client credentials are invalid');
      const form = new URLSearchParams(request.body);
      if (!granted(form, request.headers.tenantid))
        return refused(400, 'text/html', 'invalid_grant', 'Invalid refresh token');
      const access = fresh('access');
      accessTokens.set(access, now() + deps.lifetimeMs());
      const rotates = form.get('grant_type') !== 'client_credentials';
      return {
        status: 200,
        headers: { 'content-type': 'application/json', 'cache-control': 'no-store', pragma: 'no-cache' },
        body: JSON.stringify({
          access_token: access,
          expires_in: Math.floor(deps.lifetimeMs() / 1000),
          token_type: 'bearer',
          scope: 'article invoice settings customer order project',
          ...(rotates ? { refresh_token: issueRefreshToken() } : {}),
        }),
      };
    },
    valid(authorization: string | undefined): boolean {
      const until = accessTokens.get(/^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '');
      return until !== undefined && now() < until;
    },
    /** `redirectUri`: the one of the consent, which the exchange must name again; null: the consent named none. */
    issueCode(redirectUri: string | null = null): string {
      const code = fresh('code');
      codes.set(code, { until: now() + CODE_LIFETIME_MS, redirectUri });
      return code;
    },
    issueRefreshToken,
    expire: () => accessTokens.clear(),
  };
}
