import type { PageRequest } from '../../src/store/port.ts';

/** Reads the query of a list route: 50 items unless told. */
export const pageRequest = (query: { limit?: string; cursor?: string }): PageRequest => ({
  limit: Number(query.limit ?? 50),
  cursor: query.cursor,
});
