import type { LogContext } from '../../src/http/log-context.ts';

/**
 * Log lines name no work. For tests that read none: a context is carried along by every promise of the process, and costs a tenth of
 * its time; of thousands of services in one process it is kept for good.
 */
export const NO_CONTEXT: LogContext = { run: (_fields, work) => work(), fields: () => ({}) };
