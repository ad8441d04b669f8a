import type { OpResult } from './engine.ts';
import type { PlainError } from './errors.ts';
import type { Op } from './ops/index.ts';

/** To the worker: what was called since the last message, or the wish to end. */
export type Request = { readonly kind: 'batch'; readonly ops: readonly Op[] } | { readonly kind: 'close' };

/** From the worker: `ready` or `failed` once at the start, then an answer for each commit: to the oldest operations that have none yet. */
export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'results'; readonly results: readonly OpResult[] }
  | { readonly kind: 'failed'; readonly error: PlainError; readonly count: number }
  | { readonly kind: 'closed' };
