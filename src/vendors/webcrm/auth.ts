import { PRIORITY } from '../../../schemas/records.ts';
import { SyncError } from '../../errors/sync-error.ts';
import { sha256 } from '../../hash.ts';
import type { Runtime } from '../../runtime.ts';
import type { Gate } from '../gate.ts';
import { field, type Send } from '../http.ts';
import { createMutex } from '../mutex.ts';
import type { Vault } from '../vault.ts';

/** Access tokens live an hour (webcrm.md 2); renewed this long before. */
const RENEW_BEFORE_MS = 300_000;
const DEFAULT_LIFE_S = 3600;

export interface WebcrmSession<G extends Gate = Gate> {
  readonly accessToken: string;
  /** The budget of the application token that this session was opened with. */
  readonly gate: G;
}
export interface WebcrmAuth<G extends Gate = Gate> {
  /**
   * A session that is logged in; logs in again before its end, or when its access token equals `refused`, the one just
   * answered with 401. Everybody who asks meanwhile shares the one login. Raises `credentials-missing`, `vendor-auth`, or
   * the vault's or the network's error.
   */
  session(refused?: string): Promise<WebcrmSession<G>>;
  /** Logs in with the application token, then stores it; raises `vendor-auth` when refused. */
  connect(applicationToken: string): Promise<void>;
  /** Logs in anew at the next call. */
  forget(): void;
  /** The budget in use, null before the first login that succeeded. */
  gate(): G | null;
}

export function createWebcrmAuth<G extends Gate>(deps: {
  runtime: Runtime;
  send: Send;
  apiUrl: string;
  vault: Pick<Vault, 'get' | 'put'>;
  tenant: string;
  /** The budget of the token whose SHA-256 this is. */
  gateOf: (tokenHash: string) => G;
}): WebcrmAuth<G> {
  const { runtime, send, apiUrl, vault, tenant, gateOf } = deps;
  const oneAtATime = createMutex();
  let current: (WebcrmSession<G> & { expiresAt: number }) | null = null;
  let lastGate: G | null = null;
  let opening: Promise<WebcrmSession<G>> | null = null;

  const usable = (session: typeof current, refused: string | undefined): session is NonNullable<typeof current> =>
    session !== null && session.accessToken !== refused && runtime.now() < session.expiresAt;

  async function login(applicationToken: string) {
    const gate = gateOf(sha256(applicationToken));
    const { status, json } = await gate.run(PRIORITY.notification, () =>
      send({
        method: 'POST',
        url: `${apiUrl}/Auth/ApiLogin`,
        route: '/Auth/ApiLogin',
        headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ authCode: applicationToken }).toString(),
      }),
    );
    // IsError may stand in a 200 (webcrm.md 2). Its description is not repeated: it might hold the token.
    if (status >= 400 || field(json, 'IsError') === true) {
      throw new SyncError(
        'vendor-auth',
        `webCRM refused the application token (status ${status}): check it in webCRM and store it again.`,
      );
    }
    const accessToken = field(json, 'AccessToken');
    if (typeof accessToken !== 'string' || accessToken === '') {
      throw new SyncError('vendor-answer-unreadable', 'webCRM answered the login without an access token.');
    }
    const seconds = Number(field(json, 'ExpiresIn') ?? DEFAULT_LIFE_S);
    const lifeMs = (Number.isFinite(seconds) && seconds > 0 ? seconds : DEFAULT_LIFE_S) * 1000;
    lastGate = gate;
    current = { accessToken, gate, expiresAt: runtime.now() + lifeMs - Math.min(RENEW_BEFORE_MS, lifeMs / 2) };
    return current;
  }

  const open = (refused: string | undefined): Promise<WebcrmSession<G>> =>
    oneAtATime(async () => {
      if (usable(current, refused)) return current;
      const applicationToken = await vault.get(tenant, 'webcrm-token');
      if (applicationToken === null)
        throw new SyncError('credentials-missing', 'webCRM is not connected: store its application token first.');
      return login(applicationToken);
    });

  return {
    async session(refused) {
      if (usable(current, refused)) return current;
      opening ??= open(refused).finally(() => {
        opening = null;
      });
      const session = await opening;
      // The login that we joined may have begun before our token was refused.
      return session.accessToken === refused ? open(refused) : session;
    },
    connect: (applicationToken) =>
      oneAtATime(async () => {
        const before = current;
        try {
          await login(applicationToken);
          await vault.put(tenant, 'webcrm-token', applicationToken);
        } catch (error) {
          current = before;
          throw error;
        }
      }),
    forget() {
      current = null;
    },
    gate: () => lastGate,
  };
}
