import type { World } from '../support/world.ts';

/** An organisation of a selected Type, as a person makes it. */
export const organisation = (world: World, fields: object) =>
  world.webcrm.person.createOrganisation({ OrganisationType: 'Customer', ...fields });

/** What people do while notifications are lost. */
export async function unheard<T>(world: World, make: () => T): Promise<T> {
  world.listen(false);
  const made = make();
  await world.wait(1);
  world.listen(true);
  return made;
}

/** Custom fields of the settings. */
export const NUMBER = 'OrganisationCustom1';
export const ORGANISATION_NUMBER = 'OrganisationCustom2';
export const TERMS = 'OrganisationCustom3';
export const CUSTOM_FIELDS = { customerNumber: NUMBER, organisationNumber: ORGANISATION_NUMBER, termsOfPayment: TERMS };
