import { jsonNumber } from '../decimal.ts';

const PREFIX = /^QuotationLine(LinkedDataItem)?/;

/** Fields of lines and items that are JSON numbers, without the prefix (webcrm.md 8.4, 8.5). */
const NUMBERS: ReadonlySet<string> = new Set([
  'Quantity',
  'ListPrice',
  'Price',
  'CostPrice',
  'Discount',
  'VatPercentage',
  'SortOrder',
  'OpportunityId',
  'OrganisationId',
  'PersonId',
  'LinkedDataId',
]);

/**
 * The fields of a line or an item as they are sent: numbers from decimal strings, all else as text. An empty number is
 * sent as 0, which is how webCRM shows one (webcrm.md 3). Raises `vendor-refused` for a number that is none.
 */
export const withNumbers = (fields: Readonly<Record<string, string>>): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      NUMBERS.has(name.replace(PREFIX, '')) ? jsonNumber(value === '' ? '0' : value, name) : value,
    ]),
  );
