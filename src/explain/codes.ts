import { ERROR_CODES, type ErrorCode } from '../errors/codes.ts';
import { REASONS, type Reason } from '../sync/reasons.ts';

/** What an explanation says besides the engine's reasons and the codes of errors: nothing that a job would write down. */
export const SITUATIONS = {
  'tenant-new': { rule: 'B7', sentence: 'The tenant was never connected, so nothing is synchronised yet.' },
  'tenant-paused': { rule: 'B7', sentence: 'The tenant is paused: its jobs are kept and wait until it is resumed.' },
  'tenant-held': { rule: 'R73', sentence: "The tenant's jobs are held until a person has seen how much would change." },
  'not-quiet': {
    rule: 'R25',
    sentence: 'The delivery was changed a moment ago: it becomes a document when it has been quiet.',
  },
  'half-made': {
    rule: 'R22',
    sentence: 'A record that fits is just being created; this one follows when that is done.',
  },
  'passed-on': { rule: 'R40', sentence: 'This record has no pair of its own; it is looked at through another record.' },
  'orders-not-kept': { rule: 'R40', sentence: 'In invoice mode an order without a delivery is left to Fortnox alone.' },
} as const;
export type Situation = keyof typeof SITUATIONS;

/** Whatever a rule may fail by. */
export type Code = Reason | ErrorCode | Situation;

/** What a code says; `message` is the error's own, which names the record. */
export interface Told {
  readonly code: Code;
  readonly rule: string;
  readonly sentence: string;
}

/** The rule and the plain sentence of a code. An error that has a message of its own says that one. */
export function tell(code: Code, message?: string): Told {
  if (code in SITUATIONS) return { code, ...SITUATIONS[code as Situation] };
  if (code in REASONS && message === undefined) return { code, ...REASONS[code as Reason] };
  return { code, rule: 'B4', sentence: message ?? `${ERROR_CODES[code as ErrorCode].title}.` };
}

/** Errors of the way to the vendors, not of the record. */
export const CONNECTION: readonly Code[] = (Object.keys(ERROR_CODES) as ErrorCode[]).filter(
  (code) => ERROR_CODES[code].retry === 'auth' || (code.startsWith('vendor-') && code !== 'vendor-refused'),
);

export const isKnownCode = (code: string): code is Code => code in SITUATIONS || code in REASONS || code in ERROR_CODES;
