import Big from 'big.js';

/** Amounts beyond this are no amounts: a vendor's answer that holds one is left alone. */
const LARGEST = new Big('1e15');

/**
 * A vendor's number, a JSON number or a text that looks like one, as a decimal string without an exponent or needless zeros;
 * null when it is empty or none. "-0" is 0: Fortnox writes it (fortnox.md 3).
 */
export function decimal(value: unknown): string | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const text = String(value).trim().replace(',', '.');
  if (text === '') return null;
  try {
    const number = new Big(text);
    return number.abs().gt(LARGEST) ? null : plain(number);
  } catch {
    // big.js raises on anything that is no number: to us that is empty.
    return null;
  }
}

const plain = (number: Big): string => (number.eq(0) ? '0' : number.toFixed());

/** Rounded half up (away from zero) to so many decimals. */
export const rounded = (value: string, decimals: number): string =>
  plain(new Big(value).round(decimals, Big.roundHalfUp));

/** Without the tax of so many percent, rounded half up to two decimals (R45). */
export const withoutVat = (price: string, percent: string): string =>
  plain(new Big(price).div(new Big(percent).div(100).plus(1)).round(2, Big.roundHalfUp));

/** With the tax of so many percent, rounded half up to two decimals (R45). */
export const withVat = (price: string, percent: string): string =>
  plain(new Big(price).times(new Big(percent).div(100).plus(1)).round(2, Big.roundHalfUp));

/** Quantity times price less a discount of so many percent, rounded half up to two decimals. */
export const lineTotal = (quantity: string, price: string, discount: string): string =>
  plain(new Big(quantity).times(price).times(new Big(100).minus(discount)).div(100).round(2, Big.roundHalfUp));

/** The price per unit of such a total; null when it cannot be told. */
export function unitPriceOf(total: string, quantity: string, discount: string): string | null {
  const share = new Big(quantity).times(new Big(100).minus(discount)).div(100);
  return share.eq(0) ? null : plain(new Big(total).div(share).round(4, Big.roundHalfUp));
}

export const isZero = (value: string | null): boolean => value === null || new Big(value).eq(0);
