import type { Settings } from '../../../schemas/settings.ts';
import type { FortnoxCustomer, FortnoxCustomerRow } from '../../vendors/fortnox/types.ts';
import type { WebcrmOrganisation } from '../../vendors/webcrm/types.ts';
import { organisationNumber, organisationNumberOfVat, text, vatNumber } from '../normalise.ts';
import { numberInWebcrm } from './map.ts';
import type { Identity } from './match.ts';

/** What identifies an organisation; a Swedish VAT number stands in for a missing organisation number (R20). */
export function organisationIdentity(settings: Settings, organisation: WebcrmOrganisation): Identity {
  const field = settings.customFields.organisationNumber;
  return {
    id: String(organisation.OrganisationId),
    name: text(organisation.OrganisationName),
    number: numberInWebcrm(settings, organisation),
    organisationNumber:
      (field ? organisationNumber(organisation[field]) : null) ??
      organisationNumberOfVat(vatNumber(organisation.OrganisationVatNumber)),
  };
}

export function customerIdentity(customer: FortnoxCustomer | FortnoxCustomerRow): Identity {
  return {
    id: customer.CustomerNumber,
    name: text(customer.Name),
    number: customer.CustomerNumber,
    organisationNumber:
      organisationNumber(customer.OrganisationNumber) ?? organisationNumberOfVat(vatNumber(customer.VATNumber)),
  };
}
