import { isSyncError } from '../errors/sync-error.ts';

/** One thing that the connection check looked at. */
export interface CheckItem {
  name: string;
  ok: boolean;
  message: string;
  remedy: string | null;
}

export const passed = (name: string, message: string): CheckItem => ({ name, ok: true, message, remedy: null });
export const failed = (name: string, message: string, remedy: string): CheckItem => ({
  name,
  ok: false,
  message,
  remedy,
});

/** What a vendor's refusal means, and what to do. The plan can only be inferred from it: hence "probably" (S3). */
export function refusal(name: string, vendor: 'webCRM' | 'Fortnox', error: unknown): CheckItem {
  const licence =
    vendor === 'webCRM'
      ? 'a PLUS or ENTERPRISE licence and rights to this part for the token'
      : 'the integration licence and the approved rights';
  if (!isSyncError(error))
    return failed(
      name,
      `${vendor} could not be asked because of an error on our side.`,
      'Try again; if it stays, look in the log of the service.',
    );
  switch (error.code) {
    case 'licence-missing':
      return failed(
        name,
        `${vendor} answers, but probably a licence or right is missing.`,
        `See that the company has ${licence}.`,
      );
    case 'vendor-auth':
    case 'reconnect-needed':
    case 'credentials-missing':
      return failed(
        name,
        `${vendor} refuses the stored credentials.`,
        `Store new credentials for ${vendor}; if they are refused too, see that the company has ${licence}.`,
      );
    case 'vendor-unreachable':
    case 'vendor-failed':
    case 'vendor-throttled':
    case 'vendor-answer-unreadable':
      return failed(name, `${vendor} could not be asked: ${error.message}`, 'Wait a little and check again.');
    default:
      return failed(
        name,
        `${vendor} could not be checked: ${error.message}`,
        'Put right what the message names and check again.',
      );
  }
}

/** What a call gave or raised. */
export type Attempt<T> = { ok: true; value: T } | { ok: false; error: unknown };
export const attempt = <T>(call: () => Promise<T>): Promise<Attempt<T>> =>
  call().then(
    (value) => ({ ok: true as const, value }),
    (error: unknown) => ({ ok: false as const, error }),
  );

/** The item of a call of which only matters that it succeeds. */
export async function probe(
  name: string,
  vendor: 'webCRM' | 'Fortnox',
  message: string,
  call: () => Promise<unknown>,
): Promise<CheckItem> {
  const answer = await attempt(call);
  return answer.ok ? passed(name, message) : refusal(name, vendor, answer.error);
}
