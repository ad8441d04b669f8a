import type { OpResult } from './engine.ts';
import type { PlainError } from './errors.ts';
import type { Op } from './ops/index.ts';

/** To the worker: one batch at a time, or the wish to end. */
export type Request = { readonly kind: 'batch'; readonly ops: readonly Op[] } | { readonly kind: 'close' };

/** From the worker: `ready` or `failed` once at the start, then one answer for each request. */
export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'results'; readonly results: readonly OpResult[] }
  | { readonly kind: 'failed'; readonly error: PlainError }
  | { readonly kind: 'closed' };
