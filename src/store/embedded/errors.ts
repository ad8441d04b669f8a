import { ERROR_CODES, type ErrorCode } from '../../errors/codes.ts';
import { SyncError } from '../../errors/sync-error.ts';

/** An error as it crosses threads. */
export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
}

// What a breach of each unique index means to a reader; SQLite names the columns.
const TAKEN: readonly (readonly [columns: string, sentence: string])[] = [
  ['tenants.fortnox_database', 'Another tenant is connected to this Fortnox database already'],
  ['tenants.hook_token', 'Another tenant has this webhook token'],
  ['tenants.id', 'A tenant with this id exists already'],
  ['tokens.id', 'A token with this id exists already'],
  ['pairs.webcrm_id', 'The webCRM record is paired already'],
  ['pairs.fortnox_id', 'The Fortnox record is paired already'],
  ['pairs.id', 'A pair with this id exists already'],
];

// Why nothing can be written, and what to do; all that was acknowledged before is kept.
const DENIED: readonly (readonly [code: string, sentence: string])[] = [
  ['SQLITE_FULL', 'The disk of the store is full: nothing more can be stored until there is room in DATA_DIR'],
  ['SQLITE_READONLY', 'The store may be read only: give the service the right to write to DATA_DIR'],
  ['SQLITE_IOERR', 'The disk of the store failed: look at the disk that DATA_DIR is on'],
];

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';

export const isBusy = (error: unknown): boolean => codeOf(error).startsWith('SQLITE_BUSY');

/** Turns whatever was raised into an error of the port. */
export function toSyncError(error: unknown): SyncError {
  if (error instanceof SyncError) return error;
  const code = codeOf(error);
  const text = error instanceof Error ? error.message : String(error);
  if (isBusy(error)) return new SyncError('store-busy', 'The store is busy; try again', { cause: error });
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
    const columns = text.replace(/^.*failed: /, '').split(', ');
    const known = TAKEN.find(([column]) => columns.includes(column));
    return new SyncError('store-duplicate', known?.[1] ?? 'A record with this key exists already', { cause: error });
  }
  const denied = DENIED.find(([prefix]) => code.startsWith(prefix));
  return new SyncError('store-failed', denied?.[1] ?? `The store failed: ${text}`, { cause: error });
}

export const toPlain = (error: SyncError): PlainError => ({ code: error.code, message: error.message });

/** The error on the other side of a thread; an unknown code becomes `store-failed`. */
export const fromPlain = (plain: PlainError): SyncError =>
  new SyncError(Object.hasOwn(ERROR_CODES, plain.code) ? plain.code : 'store-failed', plain.message);
