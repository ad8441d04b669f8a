import Big from 'big.js';
import { decimalText } from '../vendors/decimal.ts';

/** Amounts beyond this are no amounts: a vendor's answer that holds one is left alone. */
const LARGEST = new Big('1e15');

/**
 * A number that a vendor or a person wrote, as `decimalText` gives it; here a comma may stand for the point, and an amount
 * beyond 1e15 is null.
 */
export function decimal(value: unknown): string | null {
  const found = decimalText(typeof value === 'string' ? value.replace(',', '.') : value);
  return found === null || new Big(found).abs().gt(LARGEST) ? null : found;
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
