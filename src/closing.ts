import type { BaseLogger } from 'pino';
import { type Runtime, within } from './runtime.ts';

/** Requests that run have so long before the work is stopped under them: most need milliseconds. */
const DRAIN_MS = 3_000;
/** All is over by then, ms after the beginning: an orchestrator kills after 30 s as a rule, and a call to a silent vendor takes 20 s. */
const END_MS = 23_000;

export interface ClosingDeps {
  readonly runtime: Pick<Runtime, 'elapsed' | 'setTimer'>;
  readonly logger: Pick<BaseLogger, 'warn' | 'error'>;
  /** Takes no new request as soon as it is called; resolves when every request has its answer. */
  readonly app: { close(): Promise<unknown> };
  readonly service: { stop(): Promise<void> };
  readonly store: { close(): Promise<void> };
}

/**
 * Ends the process's work in order. First no new requests, then no new work, then the store that both write to. A request that waits for
 * a silent vendor holds nothing up: tenants, jobs and the stream are given back meanwhile, and the end of the work ends it too.
 */
export async function closeInOrder({ runtime, logger, app, service, store }: ClosingDeps): Promise<void> {
  const begun = runtime.elapsed();
  const closed = app
    .close()
    .catch((error: unknown) => logger.error({ err: error }, 'the server could not be closed in order'));
  await within(runtime, DRAIN_MS, closed);
  await service.stop();
  if (!(await within(runtime, Math.max(0, begun + END_MS - runtime.elapsed()), closed)))
    logger.warn('requests are still being answered at the end of the grace time; they are cut');
  await store.close();
}
