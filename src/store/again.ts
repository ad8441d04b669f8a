/** What came while a job ran, as `again` is stored: nothing; a plain hint; one that asks for more (both sides, an import); nudges only. */
export const AGAIN = { no: 0, plain: 1, more: 2, nudged: 3 } as const;

/** What must not be lost with a job that is to die: it runs again instead. */
export const NEWS: readonly number[] = [AGAIN.plain, AGAIN.more];
