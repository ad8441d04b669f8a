import type { Pair } from '../../schemas/records.ts';

/** Where people's words for a record stand in a pair, as paths of its document. */
export const SEARCHED_PATHS = [
  '$.base.webcrm.name',
  '$.base.fortnox.name',
  '$.base.webcrm.organisationNumber',
  '$.base.fortnox.organisationNumber',
  '$.base.webcrm.number',
  '$.base.webcrm.customerNumber',
  '$.base.webcrm.yourReference',
  '$.base.webcrm.yourOrderNumber',
  '$.intent.name',
] as const;

/** A long text matches nothing that a record is called. */
const LONGEST = 100;
/** The part of what was asked for that a store searches by. */
export const searchedPart = (text: string): string => text.slice(0, LONGEST);
const folded = (text: string): string => text.normalize('NFC').toLocaleLowerCase('sv');

/** Whether the pair bears the text in a name or number, whatever the case, or has exactly this id. */
export function bears(pair: Pair, text: string): boolean {
  const wanted = folded(searchedPart(text));
  const ids = [pair.webcrmId, pair.fortnoxId, pair.invoiceRef, pair.customerNumber];
  if (ids.some((id) => id !== null && folded(id) === wanted)) return true;
  return SEARCHED_PATHS.some((path) => {
    const value = path
      .slice(2)
      .split('.')
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | null | undefined)?.[name], pair);
    return typeof value === 'string' && folded(value).includes(wanted);
  });
}
