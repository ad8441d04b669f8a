/** The token of the sandbox's one API access unless another is given, made by its administrator in webCRM's configuration. */
export const APPLICATION_TOKEN = '11111111-2222-4333-8444-555555555555';
/** Seconds that an access token lives (webCRM's documentation: one hour). */
const LIFETIME_S = 3600;

/** The exchange of the application token for access tokens (TokenResponseDto). */
export function createTokens(deps: { now: () => number; random: () => number; applicationToken: string }) {
  const issued = new Map<string, number>();
  let revoked = false;
  const secret = (): string => Array.from({ length: 32 }, () => Math.floor(deps.random() * 16).toString(16)).join('');
  return {
    login(authCode: string | null) {
      if (revoked || authCode !== deps.applicationToken) {
        const ErrorDescription = 'The application token is not valid';
        return {
          AccessToken: '',
          RefreshToken: '',
          Error: 'invalid_grant',
          ErrorDescription,
          IsError: true,
          ExpiresIn: 0,
          TokenType: '',
        };
      }
      const AccessToken = `${issued.size + 1}.${secret()}`;
      issued.set(AccessToken, deps.now() + LIFETIME_S * 1000);
      return {
        AccessToken,
        RefreshToken: secret(),
        Error: '',
        ErrorDescription: '',
        IsError: false,
        ExpiresIn: LIFETIME_S,
        TokenType: 'Bearer',
      };
    },
    valid(authorization: string | undefined): boolean {
      const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
      return token !== undefined && deps.now() < (issued.get(token) ?? 0);
    },
    expire(): void {
      for (const token of issued.keys()) issued.set(token, 0);
    },
    revoke(): void {
      revoked = true;
      this.expire();
    },
    reset(): void {
      revoked = false;
      issued.clear();
    },
  };
}
export type Tokens = ReturnType<typeof createTokens>;
