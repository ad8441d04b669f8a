import { SyncError } from '../../src/errors/sync-error.ts';
import type { PageRequest } from '../../src/store/port.ts';

/** Reads the query of a list route: 50 items unless told. */
export const pageRequest = (query: { limit?: string; cursor?: string }): PageRequest => ({
  limit: Number(query.limit ?? 50),
  cursor: query.cursor,
});

/** The bounds of a query in ms. Raises `invalid-body` for a date that is not in the calendar. */
export const period = (query: { from?: string; to?: string }): { from?: number; to?: number } => ({
  ...(query.from === undefined ? {} : { from: instantOf('from', query.from) }),
  ...(query.to === undefined ? {} : { to: instantOf('to', query.to) }),
});

/** `text` has the form that the schema asks for: digits, or an ISO date with or without a time. */
function instantOf(field: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  const at = Date.parse(text);
  const day = text.slice(0, 10);
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // The parser turns the 30th of February into a day of March.
  if (Number.isNaN(at) || Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) {
    const message = `"${text}" is no moment of the calendar`;
    throw new SyncError('invalid-body', `${field}: ${message}.`, { faults: [{ field, message }] });
  }
  return at;
}
