import { CALL_TIMEOUT_MS } from '../vendors/http.ts';

/** An instance renews its heartbeat and looks at the others so often. */
export const LOOK_MS = 1_000;
/** Whose heartbeat stood still for so long, by the clock of whoever looks, is dead. No clocks are compared. */
export const DEAD_AFTER_MS = 26_000;
/**
 * An instance holds itself alive for so long after it asked for its last heartbeat: a little shorter than others wait, so that clocks
 * that run unequally do not matter.
 */
export const LEASE_MS = DEAD_AFTER_MS - 1_000;
/** A vendor call starts only while the lease lasts this long at least. */
export const CALL_NEEDS_MS = CALL_TIMEOUT_MS;
/** Shards that are handed over have so long for what runs; then calls that wait for a slot are given up. */
export const GRACE_MS = 3_000;
/** Letters are looked for so often: the price of a notification that comes to an instance which does not own its tenant. */
export const MAIL_MS = 250;
/** A job whose letter to the tenant's owner was lost waits so long at most. */
export const LOOK_AGAIN_MS = 30_000;
/** A letter that nobody fetched is forgotten; a question when its asker was told so. */
export const LETTER_MS = 10 * 60_000;
/** How long an answer of the tenant's owner is waited for: longer than a take-over takes. */
export const ANSWER_MS = 60_000;
