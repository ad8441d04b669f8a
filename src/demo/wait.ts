import { type Runtime, sleep } from '../runtime.ts';

const BETWEEN_PROBES_MS = 100;

/**
 * Asks `probe` until it gives something else than null, and answers that with the milliseconds it took.
 * Raises an Error that names `what` after `timeoutMs`, or when `signal` is aborted.
 */
export async function until<T>(
  runtime: Runtime,
  what: string,
  timeoutMs: number,
  probe: () => Promise<T | null> | T | null,
  options: { signal?: AbortSignal; everyMs?: number } = {},
): Promise<{ value: T; tookMs: number }> {
  const startedAt = runtime.now();
  for (;;) {
    const value = await probe();
    const tookMs = runtime.now() - startedAt;
    if (value !== null) return { value, tookMs };
    if (options.signal?.aborted) throw new Error(`Stopped while waiting for ${what}.`);
    if (tookMs >= timeoutMs) throw new Error(`Waited ${Math.round(tookMs / 1000)} s for ${what}, in vain.`);
    await sleep(runtime, options.everyMs ?? BETWEEN_PROBES_MS, options.signal);
  }
}
