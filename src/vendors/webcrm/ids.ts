import { SyncError } from '../../errors/sync-error.ts';
import { field } from '../http.ts';

const ID = /^[1-9]\d*$/;

/**
 * The id as a path segment and as the body's number. Raises `vendor-refused` for anything but a positive integer: a DELETE
 * with an empty id would wipe the whole register (webcrm.md 6).
 */
export function checkedId(id: string): { segment: string; number: number } {
  if (!ID.test(id) || !Number.isSafeInteger(Number(id))) {
    throw new SyncError('vendor-refused', `"${id}" cannot be the id of a webCRM record.`);
  }
  return { segment: id, number: Number(id) };
}

/** An id of a row, as text; null for 0 and whatever is no id. */
export function idText(value: unknown): string | null {
  return (typeof value === 'number' || typeof value === 'string') && ID.test(String(value)) ? String(value) : null;
}

/** A POST may answer with the id, with an object that holds it, or with nothing: null then (webcrm.md 7). */
export const idOfAnswer = (json: unknown, name: string): string | null =>
  idText(typeof json === 'object' ? field(json, name) : json);
