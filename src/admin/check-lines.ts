import type { DocumentSettings } from '../../schemas/settings.ts';
import { decimal, isZero, lineTotal, rounded } from '../sync/decimal.ts';
import type { WebcrmLine, WebcrmLinkedSetup } from '../vendors/webcrm/types.ts';
import { type Attempt, type CheckItem, milder, noted, passed, refusal, warned } from './check-items.ts';

/** The rates that Fortnox takes without being set up for others (fortnox.md 11). */
const RATES: ReadonlySet<string> = new Set(['0', '6', '12', '25']);

/** What quotation lines of the system look like, and whether the settings fit them. */
export function checkLines(settings: DocumentSettings, lines: readonly WebcrmLine[]): CheckItem[] {
  return [checkRates(lines), checkLinePrice(settings.linePrice, lines)];
}

function checkRates(lines: readonly WebcrmLine[]): CheckItem {
  const name = 'webcrm-vat-rates';
  const used = new Set(lines.map((line) => decimal(line.QuotationLineVatPercentage) ?? '0'));
  const strange = [...used].filter((rate) => !RATES.has(rate)).toSorted((one, other) => Number(one) - Number(other));
  if (strange.length === 0) return passed(name, 'The lines that were looked at bear VAT rates that Fortnox takes.');
  return warned(
    name,
    `Lines in webCRM bear the VAT rates ${strange.join(', ')} %, which Fortnox refuses unless they are set up there.`,
    'Correct the rates in webCRM to 0, 6, 12 or 25, or set them up in Fortnox.',
  );
}

type Meaning = 'unit' | 'total' | 'unknown';

/** What the sources contradict each other about (webcrm.md 8.4), read off lines that can tell: all of them must agree. */
export function meaningOfPrice(lines: readonly WebcrmLine[]): { meaning: Meaning; told: number } {
  let told = 0;
  const fits = { unit: 0, total: 0 };
  for (const line of lines) {
    const list = decimal(line.QuotationLineListPrice);
    const price = decimal(line.QuotationLinePrice);
    const quantity = decimal(line.QuotationLineQuantity) ?? '0';
    // An empty price tells nothing.
    if (list === null || price === null || isZero(list) || isZero(price) || isZero(quantity)) continue;
    const unit = rounded(list, 2);
    const total = lineTotal(quantity, list, decimal(line.QuotationLineDiscount) ?? '0');
    if (unit === total) continue;
    told += 1;
    const shown = rounded(price, 2);
    if (shown === unit) fits.unit += 1;
    if (shown === total) fits.total += 1;
  }
  const meaning = told === 0 ? 'unknown' : fits.total === told ? 'total' : fits.unit === told ? 'unit' : 'unknown';
  return { meaning, told };
}

const WORDS = { unit: 'the price per unit', total: "the line's total after the discount" } as const;

/** R45: `list` is safe whatever the price means; the others must be what webCRM's own lines show. */
function checkLinePrice(setting: DocumentSettings['linePrice'], lines: readonly WebcrmLine[]): CheckItem {
  const name = 'webcrm-line-price';
  const { meaning, told } = meaningOfPrice(lines);
  if (meaning === 'unknown') {
    const seen =
      told === 0
        ? 'No line of webCRM that was looked at shows what QuotationLinePrice means'
        : `The ${told} lines of webCRM that could tell do not agree on what QuotationLinePrice means`;
    return setting === 'list'
      ? passed(name, `${seen}; documents.linePrice is list, which leaves it alone.`)
      : warned(
          name,
          `${seen}, and documents.linePrice is ${setting}.`,
          `Make a line in webCRM with a list price, quantity 2 and a discount and check again, or set documents.linePrice to list.`,
        );
  }
  const seen = `In webCRM QuotationLinePrice is ${WORDS[meaning]} (${told} lines agree)`;
  if (setting === meaning) return passed(name, `${seen}, as documents.linePrice says.`);
  return setting === 'list'
    ? noted(
        name,
        `${seen}; documents.linePrice is list, which leaves it alone.`,
        `Set documents.linePrice to ${meaning} if lines made from Fortnox shall show it too.`,
      )
    : warned(
        name,
        `${seen}, but documents.linePrice is ${setting}: prices would be written and read wrongly.`,
        `Set documents.linePrice to ${meaning}, or to list.`,
      );
}

/** The DataN that the settings name must be switched on, or people do not see what stands in them. */
export function checkLinkedFields(
  { number, name, unit }: DocumentSettings['items'],
  answer: Attempt<WebcrmLinkedSetup>,
): CheckItem[] {
  const item = 'webcrm-line-fields';
  if (!answer.ok) return [milder(refusal(item, 'webCRM', answer.error))];
  const { linkedFields } = answer.value;
  if (linkedFields === null) return [passed(item, 'webCRM does not tell which fields of quotation lines it uses.')];
  const off = Object.entries({ number, name, unit }).filter(([, n]) => n !== null && !linkedFields.includes(n));
  if (off.length === 0) return [passed(item, 'The fields of quotation lines that the settings name are in use.')];
  const known = linkedFields.map((n) => `Data${n}`).join(', ') || 'none';
  return off.map(([use, n]) =>
    warned(
      `${item}-${use}`,
      `QuotationLineData${n}, which is set for the ${use} of articles, is switched off in webCRM.`,
      `Switch it on in webCRM's set-up of quotation lines, or name one in use in documents.items.${use}: ${known}.`,
    ),
  );
}
