import { SyncError } from '../errors/sync-error.ts';

const DECIMAL = /^-?\d+(\.\d+)?$/;
const ANY_NUMBER = /^([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,3}))?$/i;
const EXACT_DIGITS = 15;

/**
 * A decimal string ("12.5") as the number that serialises to the same decimal in JSON. Raises `vendor-refused`, naming
 * `what`, for a text that is no decimal or has more than 15 significant digits. A double gives back every decimal of up to
 * 15 significant digits unchanged, so the number may be serialised, though never calculated with.
 */
export function jsonNumber(text: string, what: string): number {
  if (!DECIMAL.test(text)) throw new SyncError('vendor-refused', `${what} is "${text}", which is no decimal number.`);
  const digits = text.replace(/^-?0*\.?0*/, '').replace('.', '');
  const significant = text.includes('.') ? digits.replace(/0+$/, '') : digits;
  if (significant.length > EXACT_DIGITS) {
    throw new SyncError('vendor-refused', `${what} is ${text}: more than ${EXACT_DIGITS} significant digits.`);
  }
  return Number(text);
}

/**
 * A number of an answer, JSON number or text, as a decimal string without exponent or needless zeros. null when it is
 * none, or has an exponent of more than three digits, which no JSON number has: Fortnox gives numbers in both forms, and
 * `-0` (fortnox.md 3).
 */
export function decimalText(value: unknown): string | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const match = ANY_NUMBER.exec(String(value).trim());
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const point = whole.length + Number(exponent);
  const digits = `${'0'.repeat(Math.max(0, 1 - point))}${whole}${fraction}`;
  const at = Math.max(1, point);
  const units = digits
    .slice(0, at)
    .padEnd(at, '0')
    .replace(/^0+(?=\d)/, '');
  const rest = digits.slice(at).replace(/0+$/, '');
  const plain = rest === '' ? units : `${units}.${rest}`;
  return sign === '-' && plain !== '0' ? `-${plain}` : plain;
}
