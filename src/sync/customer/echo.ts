import type { Pair } from '../../../schemas/records.ts';
import type { Settings } from '../../../schemas/settings.ts';
import type { FortnoxCustomer } from '../../vendors/fortnox/types.ts';
import type { WebcrmOrganisation } from '../../vendors/webcrm/types.ts';
import { type FieldLine, showsImage } from '../fields.ts';
import { numberInWebcrm } from './map.ts';
import { isSelected } from './types-filter.ts';

/** Pairs whose records tell by themselves whether there is anything to do. */
const isSettled = ({ base, state, intended }: Pair): boolean =>
  base !== null && (state === 'linked' || state === 'excluded') && intended === undefined;

/** The organisation, as a whole record, shows what it showed last: the echo of our own write, or nothing of ours changed. */
export function organisationIsEcho(
  settings: Settings,
  map: readonly FieldLine[],
  pair: Pair,
  organisation: WebcrmOrganisation,
): boolean {
  return (
    isSettled(pair) &&
    isSelected(settings, organisation) === (pair.state === 'linked') &&
    numberInWebcrm(settings, organisation) === pair.fortnoxId &&
    showsImage(map, 'webcrm', organisation, pair.base?.webcrm ?? {})
  );
}

/** The same of a customer. */
export const customerIsEcho = (map: readonly FieldLine[], pair: Pair, customer: FortnoxCustomer): boolean =>
  isSettled(pair) && showsImage(map, 'fortnox', customer, pair.base?.fortnox ?? {});
