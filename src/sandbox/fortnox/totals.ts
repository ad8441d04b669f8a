import { Big } from 'big.js';
import type { FortnoxRowRecord } from './row-fields.ts';

const HUNDRED = new Big(100);
const asNumber = (value: Big): number => Number(value.toFixed());

/** A decimal with at most `places` digits after the point, without trailing zeros; halves go away from zero. */
export const rounded = (value: string | number, places: number | null): string =>
  (places === null ? new Big(value) : new Big(value).round(places, Big.roundHalfUp)).toFixed();

/** The same decimal with the other sign; never "-0". */
export const negated = (value: string | number): string => new Big(0).minus(value).toFixed();

/** What a row costs as it is priced: the DELIVERED quantity counts (fortnox.md 8.3). */
function rowTotal(row: FortnoxRowRecord): Big {
  const full = new Big(row.DeliveredQuantity).times(row.Price);
  const discount = row.DiscountType === 'AMOUNT' ? new Big(row.Discount) : full.times(row.Discount).div(HUNDRED);
  return full.minus(discount).round(2, Big.roundHalfUp);
}
const withoutVat = (amount: Big, percent: number): Big =>
  amount.times(HUNDRED).div(HUNDRED.plus(percent)).round(2, Big.roundHalfUp);

/** The money of a row: of an invoice also without VAT. */
export function rowMoney(
  row: FortnoxRowRecord,
  vatIncluded: boolean,
): { Total: number; exclusive: number; price: number } {
  const total = rowTotal(row);
  const price = new Big(row.Price);
  return {
    Total: asNumber(total),
    exclusive: asNumber(vatIncluded ? withoutVat(total, row.VAT) : total),
    price: asNumber(vatIncluded ? withoutVat(price, row.VAT) : price),
  };
}

/** VAT of fees; they bear the highest rate. */
const FEE_VAT = 25;

/**
 * The sums of a document. VAT is reckoned per rate; crowns are rounded to whole ones, and RoundOff tells by how much.
 */
export function documentMoney(
  rows: readonly FortnoxRowRecord[],
  head: { vatIncluded: boolean; currency: string; freight: number; administrationFee: number },
) {
  const byRate = new Map<number, Big>();
  const add = (rate: number, amount: Big) => byRate.set(rate, (byRate.get(rate) ?? new Big(0)).plus(amount));
  for (const row of rows) add(row.VAT, rowTotal(row));
  const fees = [head.freight, head.administrationFee].map((fee) => new Big(fee));
  for (const fee of fees) add(FEE_VAT, fee);

  let net = new Big(0);
  let vat = new Big(0);
  for (const [rate, amount] of byRate) {
    const exclusive = head.vatIncluded ? withoutVat(amount, rate) : amount;
    net = net.plus(exclusive);
    const part = head.vatIncluded ? amount.minus(exclusive) : amount.times(rate).div(HUNDRED);
    vat = vat.plus(part.round(2, Big.roundHalfUp));
  }
  const exact = net.plus(vat);
  const total = head.currency === 'SEK' ? exact.round(0, Big.roundHalfUp) : exact;
  const feeVat = (fee: Big | undefined) =>
    asNumber(
      fee === undefined
        ? new Big(0)
        : head.vatIncluded
          ? fee.minus(withoutVat(fee, FEE_VAT))
          : fee.times(FEE_VAT).div(HUNDRED).round(2, Big.roundHalfUp),
    );
  return {
    AdministrationFeeVAT: feeVat(fees[1]),
    FreightVAT: feeVat(fees[0]),
    Gross: asNumber(net),
    Net: asNumber(net),
    RoundOff: asNumber(total.minus(exact)),
    Total: asNumber(total),
    TotalToPay: asNumber(total),
    TotalVAT: asNumber(vat),
  };
}
