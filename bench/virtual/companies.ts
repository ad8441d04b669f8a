import type { SandboxRequest, SandboxResponse, SandboxVendor } from '../../src/sandbox/chassis.ts';

/** A vendor with several companies behind one address. */
export interface Companies extends Pick<SandboxVendor, 'handle'> {
  /** The requests that hold this text are the company's: its application token, its first refresh token. */
  add(secret: string, company: Pick<SandboxVendor, 'handle'>): void;
}

const GIVEN = /"(?:access_token|refresh_token|AccessToken)":"([^"]+)"/g;

/** Tells companies apart by the tokens that each has given out, as the vendors do. */
export function createCompanies(): Companies {
  const bySecret = new Map<string, Pick<SandboxVendor, 'handle'>>();

  function find({ headers, body }: SandboxRequest): Pick<SandboxVendor, 'handle'> {
    const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    const form = new URLSearchParams(bearer === undefined ? body : '');
    const found = bySecret.get(bearer ?? form.get('refresh_token') ?? form.get('authCode') ?? '');
    if (found === undefined) throw new Error('A token of no company');
    return found;
  }

  return {
    add: (secret, company) => void bySecret.set(secret, company),
    handle(request): SandboxResponse {
      const company = find(request);
      const answer = company.handle(request);
      for (const [, token = ''] of answer.body.matchAll(GIVEN)) bySecret.set(token, company);
      return answer;
    },
  };
}
