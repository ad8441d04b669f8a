import type { Row, Value } from './fields.ts';
import type { WebcrmSwitches } from './switches.ts';

interface Decimal {
  readonly units: bigint;
  /** Digits after the point. */
  readonly scale: number;
}

function decimal(value: Value | undefined): Decimal {
  const [mantissa = '0', exponent = '0'] = String(value ?? 0).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const scale = fraction.length - Number(exponent);
  const units = BigInt(whole + fraction);
  return scale < 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : { units, scale };
}

const times = (one: Decimal, other: Decimal): Decimal => ({
  units: one.units * other.units,
  scale: one.scale + other.scale,
});
/** What is left of 1 after a discount in percent. */
const share = ({ units, scale }: Decimal): Decimal => ({
  units: 100n * 10n ** BigInt(scale) - units,
  scale: scale + 2,
});
const number = ({ units, scale }: Decimal): number => Number(`${units}e${-scale}`);

const INPUTS: readonly string[] = ['QuotationLineListPrice', 'QuotationLineQuantity', 'QuotationLineDiscount'];

/**
 * What a line's form puts into QuotationLinePrice when a person edits what it follows from and types no price: the list
 * price of one, or the total after the discount. Both have been seen (webcrm.md 8.4).
 */
export function filledPrice(
  meaning: WebcrmSwitches['linePrice'],
  typed: ReadonlyMap<string, Value>,
  before: Row | null,
): Row {
  if (typed.has('QuotationLinePrice') || !INPUTS.some((name) => typed.has(name))) return {};
  const [list, quantity, discount] = INPUTS.map((name) => decimal(typed.get(name) ?? before?.[name]));
  if (!list || !quantity || !discount) return {};
  return { QuotationLinePrice: number(meaning === 'unit' ? list : times(times(list, quantity), share(discount))) };
}
