import { isSyncError } from '../errors/sync-error.ts';

/** One thing that the connection check looked at. */
export interface CheckItem {
  name: string;
  /** fault: no connection is made; warning: something will probably go wrong; note: in order, or not to be seen from here. */
  level: 'fault' | 'warning' | 'note';
  /** False of a fault alone. */
  ok: boolean;
  message: string;
  remedy: string | null;
}

export const passed = (name: string, message: string): CheckItem => noted(name, message, null);
export const noted = (name: string, message: string, remedy: string | null): CheckItem => ({
  name,
  level: 'note',
  ok: true,
  message,
  remedy,
});
export const warned = (name: string, message: string, remedy: string): CheckItem => ({
  name,
  level: 'warning',
  ok: true,
  message,
  remedy,
});
export const failed = (name: string, message: string, remedy: string): CheckItem => ({
  name,
  level: 'fault',
  ok: false,
  message,
  remedy,
});
/** What could not be looked at is no fault when the service works without it. */
export const milder = (item: CheckItem): CheckItem =>
  item.level === 'fault' ? { ...item, level: 'warning', ok: true } : item;

const LICENCES = {
  webCRM: 'a PLUS or ENTERPRISE licence, and the token the rights to this part',
  Fortnox:
    'the licences for integrations and for this part, and the connection the right to it: connect anew to approve more',
} as const;

/** What a vendor's refusal means, and what to do. The plan can only be inferred from it: hence "probably" (S3). */
export function refusal(name: string, vendor: 'webCRM' | 'Fortnox', error: unknown): CheckItem {
  const licence = LICENCES[vendor];
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
        `${vendor} answers, but probably a licence or right is missing. ${error.message}`,
        `See that the company has ${licence}.`,
      );
    case 'vendor-auth':
    case 'reconnect-needed':
    case 'credentials-missing':
      return failed(
        name,
        `${vendor} refuses the stored credentials. ${error.message}`,
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
