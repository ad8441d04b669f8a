/**
 * A create that a dead process had sent may still be on its way: whoever looked for what it made would find nothing, and make it again. For
 * so long the jobs that it had begun wait after its end, ms: about as long as a job waits after a lost answer (queue/backoff.ts).
 */
export const ARRIVAL_MS = 5_000;
