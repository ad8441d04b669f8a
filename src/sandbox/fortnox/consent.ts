import type { SandboxRequest, SandboxResponse } from '../chassis.ts';
import { CLIENT_ID } from './tokens.ts';

/** fortnox.md 2.7. */
const SCOPES =
  'archive article bookkeeping companyinformation connectfile costcenter currency customer inbox invoice noxfinansinvoice offer order payment price print profile project salary settings supplier supplierinvoice timereporting'.split(
    ' ',
  );

const html = (status: number, body: string): SandboxResponse => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!doctype html><meta charset="utf-8"><title>Fortnox (sandbox)</title>${body}`,
});
const escaped = (value: string): string => value.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** What is wrong with a request for consent; null: nothing (fortnox.md 2.2). */
function faultOf(query: URLSearchParams): string | null {
  if (query.get('client_id') !== CLIENT_ID) return 'client_id is not known';
  if (query.get('response_type') !== 'code') return 'response_type must be code';
  if ((query.get('state') ?? '') === '') return 'state is missing';
  if (!/^https?:\/\/[^\s#]+$/.test(query.get('redirect_uri') ?? '')) return 'redirect_uri is not an address';
  const scopes = (query.get('scope') ?? '').split(' ');
  const unknown = scopes.find((scope) => !SCOPES.includes(scope));
  if (unknown !== undefined) return `scope "${unknown}" is not known`;
  // Without it connections have been seen to be short-lived.
  if (query.get('access_type') !== 'offline') return 'access_type must be offline';
  if (![null, 'service'].includes(query.get('account_type'))) return 'account_type may only be service';
  return null;
}

/**
 * Fortnox's page where a person consents: GET shows it, the POST of its form with `decision=approve` or `deny` leads back to the
 * integration with a code or an error.
 */
export function createConsent(deps: { issueCode: (redirectUri: string) => string }) {
  return {
    answer(request: SandboxRequest, violation: (why: string) => void): SandboxResponse {
      const { searchParams: query } = new URL(request.url, 'http://fortnox.invalid');
      const fault = faultOf(query);
      if (fault !== null) {
        violation(`The consent cannot be asked for: ${fault}`);
        return html(400, `<p>Auth code or ClientID supplied is invalid: ${escaped(fault)}.`);
      }
      if (request.method === 'GET') return html(200, form(query));
      const decision = new URLSearchParams(request.body).get('decision');
      const redirectUri = query.get('redirect_uri') ?? '';
      const back = new URL(redirectUri);
      if (decision === 'approve') back.searchParams.set('code', deps.issueCode(redirectUri));
      else if (decision === 'deny') back.searchParams.set('error', 'access_denied');
      else return html(400, '<p>Say approve or deny.');
      back.searchParams.set('state', query.get('state') ?? '');
      return { status: 302, headers: { location: back.href }, body: '' };
    },
  };
}

const form = (query: URLSearchParams): string => `
<h1>An integration asks for access</h1>
<p>To ${escaped(query.get('scope') ?? '')}${query.get('account_type') === 'service' ? ', as a service account' : ''}.</p>
<form method="post">
<button name="decision" value="approve">Approve</button>
<button name="decision" value="deny">Decline</button>
</form>`;
