/** What we ask for (fortnox.md 2.7): each scope gives read and write, and there is none that reads only. */
export const FORTNOX_SCOPES = [
  'companyinformation',
  'settings',
  'customer',
  'article',
  'price',
  'currency',
  'order',
  'invoice',
] as const;

/**
 * The address at which a person of the company consents (fortnox.md 2.2). `service`: for a service account, which belongs to no
 * person and outlives whoever consented; a system administrator must approve it.
 */
export function authoriseUrl(given: {
  readonly authUrl: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly service: boolean;
}): string {
  const query = {
    client_id: given.clientId,
    redirect_uri: given.redirectUri,
    scope: FORTNOX_SCOPES.join(' '),
    state: given.state,
    access_type: 'offline',
    response_type: 'code',
    ...(given.service ? { account_type: 'service' } : {}),
  };
  // Fortnox wants a blank as %20, not as the + of forms.
  const text = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${given.authUrl}/oauth-v1/auth?${text.join('&')}`;
}
