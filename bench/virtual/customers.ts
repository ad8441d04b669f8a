import { customer, organisation, type Vendors } from '../../test/imports/support.ts';

/** Which side has the customers before. */
export interface Where {
  readonly webcrm: boolean;
  readonly fortnox: boolean;
}

/** Customers that an import is to bring in step; where both sides have them, they are equal and know each other's number. */
export function seedCustomers(where: Where, count: number, { fortnox, webcrm }: Vendors): void {
  for (let n = 0; n < count; n += 1) {
    const number = where.fortnox ? fortnox.person.createCustomer(customer(n, { CountryCode: 'SE' })) : '';
    if (where.webcrm)
      webcrm.person.createOrganisation(
        organisation(n, { OrganisationCustom1: number, OrganisationCountry: 'Sverige' }),
      );
  }
}
