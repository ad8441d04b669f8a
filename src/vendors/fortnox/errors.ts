import type { ErrorCode } from '../../errors/codes.ts';
import { SyncError } from '../../errors/sync-error.ts';
import type { HttpAnswer } from '../http.ts';

interface CodeMeaning {
  readonly error: ErrorCode;
  /** Said before Fortnox's own (Swedish) text. */
  readonly sentence?: string;
}

/** The code that comes with the 404 of each kind of record (fortnox.md 4). */
export const NOT_FOUND = { customer: 2000433, article: 2000428, invoice: 2000434, order: 2000439 } as const;

/** What a Fortnox code becomes (fortnox.md 4); a code that is not listed is judged by its HTTP status. */
export const FORTNOX_CODES: Readonly<Record<number, CodeMeaning>> = {
  2000637: {
    error: 'number-taken',
    sentence: 'The customer number is used already, perhaps by a customer that was deleted.',
  },
  2001101: { error: 'licence-missing', sentence: 'The company has no active Fortnox licence for this part.' },
  2001103: { error: 'licence-missing', sentence: 'The company has no Fortnox licence for integrations (API).' },
  2000663: {
    error: 'licence-missing',
    sentence: 'The connection was made without the right to this part of Fortnox: connect again and approve it.',
  },
  2000310: { error: 'vendor-auth' },
  2000311: { error: 'vendor-auth' },
  1000003: { error: 'vendor-failed' },
};

export interface FortnoxFault {
  readonly code: number | null;
  readonly message: string | null;
}

/** Reads both spellings of the error envelope, and the gateway's `{"message"}` (fortnox.md 4). */
export function faultOf(json: unknown): FortnoxFault {
  const outer = lowerKeys(json);
  const inner = lowerKeys(outer.errorinformation ?? json);
  const code = Number(inner.code ?? Number.NaN);
  return {
    code: Number.isInteger(code) ? code : null,
    message: typeof inner.message === 'string' && inner.message !== '' ? inner.message : null,
  };
}

/** The SyncError of an answer that is no success. */
export function fortnoxError(what: string, answer: HttpAnswer): SyncError {
  const fault = faultOf(answer.json);
  const meaning = fault.code === null ? undefined : FORTNOX_CODES[fault.code];
  const said = fault.message === null ? `status ${answer.status} and no explanation` : `"${fault.message}"`;
  const code = fault.code === null ? '' : ` (code ${fault.code})`;
  const sentence = meaning?.sentence === undefined ? '' : ` ${meaning.sentence}`;
  return new SyncError(
    meaning?.error ?? byStatus(answer.status),
    `Fortnox refused it: ${said}${code}.${sentence} The call was ${what}.`,
  );
}

const byStatus = (status: number): ErrorCode => (status === 401 || status === 403 ? 'vendor-auth' : 'vendor-refused');

function lowerKeys(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key.toLowerCase(), entry]));
}
