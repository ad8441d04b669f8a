import { SyncError } from '../errors/sync-error.ts';

/** A field that orders a list, with the type of its stored values. */
export type CursorKey = readonly [field: string, type: 'string' | 'number'];
export type CursorValue = string | number;

/** Raises `invalid-body` for a limit that is no positive whole number. */
export function checkLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new SyncError('invalid-body', 'The limit must be a whole number from 1', {
      faults: [{ field: 'limit', message: 'Must be a whole number from 1' }],
    });
}

/** The cursor that stands after a row with these values of the list's keys. */
export const encodeCursor = (values: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(values.map((value) => value ?? null))).toString('base64url');

/** The values of a cursor. Raises `invalid-body` for one that no list with these keys gave out. */
export function decodeCursor(cursor: string, keys: readonly CursorKey[]): readonly CursorValue[] {
  const fault = new SyncError('invalid-body', 'The cursor is not one that this list gave out', {
    faults: [{ field: 'cursor', message: 'Use the `next` of the page before, unchanged' }],
  });
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) throw fault;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw fault;
  }
  if (!Array.isArray(value) || value.length !== keys.length) throw fault;
  if (keys.some(([, type], index) => typeof value[index] !== type)) throw fault;
  return value as CursorValue[];
}
