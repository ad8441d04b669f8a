/** A promise that cannot be shown on a stand-in, since the stand-in lacks what MongoDB has. The store is not bent to it. */
export interface Gap {
  readonly server: RegExp;
  /** The name of the test; null: of all of them. */
  readonly test: RegExp | null;
  readonly why: string;
}

export const GAPS: readonly Gap[] = [
  {
    server: /^secantusdb/,
    test: /^B3 10,000 records/,
    why: 'SecantusDB takes minutes for 10,000 upserts: it is written in Python',
  },
  {
    server: /^secantusdb/,
    test: /^B2 two instances/,
    why: 'findAndModify of SecantusDB 0.7.0b3 is not atomic: of twelve $inc at once several see the same former value',
  },
];

/** An index that a stand-in answers wrongly by: the tests drop it there, and prove the rest without it. */
export const WRONG_INDEXES: readonly { server: RegExp; collection: string; index: string; why: string }[] = [
  {
    server: /^secantusdb/,
    collection: 'jobs',
    index: 'jobs_waiting',
    why: 'SecantusDB 0.7.0b3 finds no key that equals the inclusive bound of a range when more fields follow in the index',
  },
];

/** Why this test proves nothing on that server; undefined when it does. */
export const gapOf = (server: string, test: string): string | undefined =>
  GAPS.find((gap) => gap.server.test(server) && (gap.test === null || gap.test.test(test)))?.why;
