import { PRIORITY } from '../../../schemas/records.ts';
import { SyncError } from '../../errors/sync-error.ts';
import type { Runtime } from '../../runtime.ts';
import type { FortnoxGrant } from '../connections-types.ts';
import type { Gate } from '../gate.ts';
import { field, type HttpAnswer, type Send } from '../http.ts';

/** What the vault holds under `fortnox-tokens`, as JSON. Times in ms. */
export type FortnoxTokens = { accessToken: string; expiresAt: number; issuedAt: number } & (
  | { grant: 'refresh_token'; refreshToken: string }
  | { grant: 'client_credentials'; tenantId: string }
);

export interface TokenEndpoint {
  runtime: Runtime;
  send: Send;
  authUrl: string;
  clientId: string;
  clientSecret: string;
}

/**
 * One call of the token endpoint through `gate`. Raises `reconnect-needed` (invalid_grant), `vendor-auth` (any other
 * refusal), `credentials-missing` (no client id or secret is configured) or what `Send` raises.
 */
export async function requestTokens(endpoint: TokenEndpoint, gate: Gate, grant: FortnoxGrant): Promise<FortnoxTokens> {
  const { runtime, send, authUrl, clientId, clientSecret } = endpoint;
  if (clientId === '' || clientSecret === '') {
    throw new SyncError('credentials-missing', 'FORTNOX_CLIENT_ID and FORTNOX_CLIENT_SECRET are not set.');
  }
  const answer = await gate.run(PRIORITY.notification, () =>
    send({
      method: 'POST',
      url: `${authUrl}/oauth-v1/token`,
      route: '/oauth-v1/token',
      headers: {
        accept: 'application/json',
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
        ...(grant.grant === 'client_credentials' ? { TenantId: grant.tenantId } : {}),
      },
      body: new URLSearchParams(formOf(grant)).toString(),
    }),
  );
  return read(answer, grant, runtime.now());
}

function formOf(grant: FortnoxGrant): Record<string, string> {
  switch (grant.grant) {
    case 'authorization_code':
      return { grant_type: 'authorization_code', code: grant.code, redirect_uri: grant.redirectUri };
    case 'refresh_token':
      return { grant_type: 'refresh_token', refresh_token: grant.refreshToken };
    case 'client_credentials':
      return { grant_type: 'client_credentials' };
  }
}

function read({ status, json }: HttpAnswer, grant: FortnoxGrant, now: number): FortnoxTokens {
  const error = field(json, 'error');
  if (error === 'invalid_grant') {
    throw new SyncError(
      'reconnect-needed',
      'Fortnox no longer accepts the connection (invalid_grant): connect Fortnox again.',
    );
  }
  if (status >= 400) {
    // Only codes of the standard's form are repeated: the body might hold what we sent.
    const why = typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? ` (${error})` : '';
    throw new SyncError(
      'vendor-auth',
      `Fortnox refused to give a token${why}: check the client id, its secret and the consent.`,
    );
  }
  const accessToken = field(json, 'access_token');
  const refreshToken = field(json, 'refresh_token');
  const seconds = Number(field(json, 'expires_in') ?? 3600);
  if (typeof accessToken !== 'string' || accessToken === '' || !Number.isFinite(seconds)) {
    throw new SyncError('vendor-answer-unreadable', 'Fortnox answered the token request without an access token.');
  }
  const common = { accessToken, issuedAt: now, expiresAt: now + seconds * 1000 };
  if (grant.grant === 'client_credentials') return { ...common, grant: 'client_credentials', tenantId: grant.tenantId };
  if (typeof refreshToken !== 'string' || refreshToken === '') {
    throw new SyncError('vendor-answer-unreadable', 'Fortnox answered the token request without a refresh token.');
  }
  return { ...common, grant: 'refresh_token', refreshToken };
}
