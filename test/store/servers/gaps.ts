import type { CollectionName } from '../../../src/store/mongo/collections.ts';

/** A promise that cannot be shown on a stand-in, since the stand-in lacks what MongoDB has. The store is not bent to it. */
export interface Gap {
  readonly server: RegExp;
  /** The name of the test; null: of all of them. */
  readonly test: RegExp | null;
  readonly why: string;
}

export const GAPS: readonly Gap[] = [
  {
    server: /^secantusdb(-standalone)?$/,
    test: /^B3 10,000 records/,
    why: 'the ready build of SecantusDB reads the whole collection when _id comes with other fields: minutes for 10,000 upserts',
  },
  {
    server: /^secantusdb(-standalone)?$/,
    test: /^B5 the server itself goes by the index/,
    why: 'the ready build of SecantusDB explains updates by no plan, and reads the whole collection when _id comes with other fields',
  },
  {
    server: /^secantusdb/,
    test: /^B2 two instances/,
    why: 'findAndModify of SecantusDB is not atomic: of two hundred $inc at once several see the same former value',
  },
];

/** An index that a stand-in answers wrongly by: the tests drop it there, and prove the rest without it. */
export const WRONG_INDEXES: readonly {
  server: RegExp;
  collection: CollectionName;
  index: string;
  /** Tests that never ask what it answers wrongly: they keep it. */
  harmless: RegExp;
  why: string;
}[] = [
  {
    server: /^secantusdb(-standalone)?$/,
    collection: 'jobs',
    index: 'jobs_waiting',
    harmless: /50 (claimers|workers)/,
    why: 'the ready build of SecantusDB finds no key that equals the inclusive upper bound of a range when more fields follow in the index',
  },
];

/** Why this test proves nothing on that server; undefined when it does. */
export const gapOf = (server: string, test: string): string | undefined =>
  GAPS.find((gap) => gap.server.test(server) && (gap.test === null || gap.test.test(test)))?.why;
