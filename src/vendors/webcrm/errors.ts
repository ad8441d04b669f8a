import type { ErrorCode } from '../../errors/codes.ts';
import { SyncError } from '../../errors/sync-error.ts';
import { type Call, field, type HttpAnswer } from '../http.ts';

const LONGEST_TEXT = 500;

const BY_STATUS: Readonly<Record<number, { error: ErrorCode; sentence: string }>> = {
  401: { error: 'vendor-auth', sentence: 'It does not accept the application token.' },
  403: { error: 'licence-missing', sentence: 'The application token lacks the right to this part of webCRM.' },
};

/** webCRM's own words; their form is known from its 429 only (webcrm.md 4). */
export function messageOf(json: unknown): string | null {
  const message = typeof json === 'string' ? json : field(json, 'Message');
  return typeof message === 'string' && message !== '' ? message.slice(0, LONGEST_TEXT) : null;
}

/** The SyncError of an answer that is no success. */
export function webcrmError(what: string, answer: HttpAnswer): SyncError {
  const known = BY_STATUS[answer.status];
  const message = messageOf(answer.json);
  const said = message === null ? `status ${answer.status} and no explanation` : `"${message}"`;
  const sentence = known === undefined ? '' : ` ${known.sentence}`;
  return new SyncError(
    known?.error ?? 'vendor-refused',
    `webCRM refused it: ${said}.${sentence} The call was ${what}.`,
  );
}

/** The SyncError of an update of what webCRM does not hold, where it is not said with a status of failure. */
export const noSuchRecord = ({ method, path }: Pick<Call, 'method' | 'path'>): SyncError =>
  new SyncError('vendor-refused', `webCRM refused it: it has no such record. The call was ${method} ${path}.`);
