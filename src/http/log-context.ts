import { AsyncLocalStorage } from 'node:async_hooks';

/** What a log line is about, whoever writes it: the request, the tenant, the job. */
export interface LogFields {
  readonly reqId?: string;
  tenant?: string;
  readonly job?: string;
}

export interface LogContext {
  /** Everything that `work` leads to, awaited or not, is about these fields, and about no others. */
  run<T>(fields: LogFields, work: () => T): T;
  /** Of the present work; empty outside of any. */
  fields(): LogFields;
}

export function createLogContext(): LogContext {
  const storage = new AsyncLocalStorage<LogFields>();
  return {
    run: (fields, work) => storage.run(fields, work),
    fields: () => storage.getStore() ?? {},
  };
}
