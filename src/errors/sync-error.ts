import { ERROR_CODES, type ErrorCode, type RetryClass } from './codes.ts';

/**
 * An error with a stable code. Its HTTP status and whether to retry stand in one table (`codes.ts`).
 * `message` is written for the reader of a failed list: what happened, to which record, what to do. It never holds a secret.
 */
export class SyncError extends Error {
  readonly code: ErrorCode;
  /** Milliseconds to wait before the next try: as the vendor asked, or as we ask our callers by Retry-After. */
  readonly waitMs: number | undefined;
  /** Each faulty field with its own sentence (`invalid-*` only). */
  readonly faults: { field: string; message: string }[] | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; waitMs?: number; faults?: { field: string; message: string }[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SyncError';
    this.code = code;
    this.waitMs = options.waitMs;
    this.faults = options.faults;
  }

  get status(): number {
    return ERROR_CODES[this.code].status;
  }

  get retry(): RetryClass {
    return ERROR_CODES[this.code].retry;
  }
}

export const isSyncError = (value: unknown): value is SyncError => value instanceof SyncError;
