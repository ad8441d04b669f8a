import { ERROR_CODES, type ErrorCode } from '../errors/codes.ts';
import { isSyncError, SyncError } from '../errors/sync-error.ts';

/** What one instance asks of another. */
export interface Question {
  readonly id: string;
  /** The box for the answer. */
  readonly from: string;
  readonly tenant: string;
  readonly method: string;
  readonly args: readonly unknown[];
  /** Afterwards nobody carries it out any more, ms. */
  readonly until: number;
}
export type Answer =
  | { readonly ok: true; readonly value?: unknown }
  | {
      readonly ok: false;
      readonly code: ErrorCode;
      readonly message: string;
      readonly waitMs?: number | undefined;
      readonly faults?: { field: string; message: string }[] | undefined;
    };

/** An error as it travels. What is not ours says nothing of itself: the log of the instance where it happened does. */
export function answerOf(error: unknown): Answer {
  if (!isSyncError(error))
    return {
      ok: false,
      code: 'internal',
      message: 'An error on our side; the log of the owning instance has its stack.',
    };
  const { code, message, waitMs, faults } = error;
  return { ok: false, code, message, waitMs, faults };
}

/** The value of an answer, or its error raised. */
export function valueIn(answer: Answer): unknown {
  if (answer.ok) return answer.value;
  const { code, message, waitMs, faults } = answer;
  throw new SyncError(code in ERROR_CODES ? code : 'internal', message, {
    ...(waitMs === undefined ? {} : { waitMs }),
    ...(faults === undefined ? {} : { faults }),
  });
}
