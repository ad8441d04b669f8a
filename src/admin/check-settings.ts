import type { Settings } from '../../schemas/settings.ts';
import type { WebcrmField } from '../vendors/webcrm/types.ts';
import { type CheckItem, failed, noted, passed } from './check-items.ts';

/** Characters that a field must hold at least for its ordinary contents; longer contents are cut by rule (R76). */
const NEEDED_LENGTH: Readonly<Record<string, number>> = {
  customerNumber: 10,
  organisationNumber: 13,
  email: 50,
  otherStreet: 50,
  otherPostCode: 10,
  otherCity: 30,
  otherCountry: 30,
  termsOfPayment: 3,
  currency: 3,
  number: 10,
  deliveryDate: 10,
  invoiceNumber: 10,
  invoiceDate: 10,
  invoiceBooked: 3,
  documentState: 10,
  ourReference: 20,
  yourReference: 20,
  yourOrderNumber: 20,
};
/** Each custom field must exist in webCRM, be long enough, and offer the texts that the tables write into it. */
export function checkCustomFields(settings: Settings, fields: readonly WebcrmField[]): CheckItem[] {
  const texts: Readonly<Record<string, readonly { webcrm: string }[]>> = {
    termsOfPayment: settings.termsOfPayment,
    currency: settings.currencies,
  };
  return Object.entries(settings.customFields).map(([use, field]) =>
    checkField(`webcrm-custom-field-${use}`, `customFields.${use}`, field, fields, texts[use] ?? []),
  );
}

/** The metadata of fields does not show whether one is marked unique, and a lost answer is found again by it (R22). */
export const adviseUnique = (settings: Settings): CheckItem =>
  noted(
    'webcrm-number-unique',
    `Whether ${settings.customFields.customerNumber} is marked as unique in webCRM cannot be seen from here.`,
    `Mark ${settings.customFields.customerNumber} as unique where webCRM's custom fields of organisations are configured: two organisations with one customer number then cannot come to be.`,
  );

/** Each field of a delivery must exist in webCRM and be long enough. */
export const checkDeliveryFields = (settings: Settings, fields: readonly WebcrmField[]): CheckItem[] =>
  Object.entries(settings.documents.fields).map(([use, field]) =>
    checkField(`webcrm-delivery-field-${use}`, `documents.fields.${use}`, field, fields, []),
  );

/** A field that holds two values would show now one, now the other. */
export function checkUsedOnce(settings: Settings): CheckItem[] {
  const groups = { customFields: settings.customFields, 'documents.fields': settings.documents.fields };
  return Object.entries(groups).flatMap(([group, named]) =>
    Object.entries(named).flatMap(([use, field], index, all) => {
      const first = all.find(([, other]) => other === field)?.[0];
      if (first === undefined || all.findIndex(([, other]) => other === field) === index) return [];
      return [
        failed(
          `webcrm-field-twice-${use}`,
          `${field} is set for ${first} and for ${use}.`,
          `Name another field in ${group}.${use}.`,
        ),
      ];
    }),
  );
}

function checkField(
  name: string,
  setting: string,
  field: string,
  fields: readonly WebcrmField[],
  texts: readonly { webcrm: string }[],
): CheckItem {
  const use = setting.slice(setting.lastIndexOf('.') + 1);
  const found = fields.find((candidate) => candidate.name === field);
  if (!found)
    return failed(
      name,
      `webCRM has no field ${field}, which is set for ${use}.`,
      `Name another field in ${setting}, or let webCRM open it for the token.`,
    );
  const needed = Math.max(NEEDED_LENGTH[use] ?? 1, ...texts.map((row) => row.webcrm.length));
  // 0 stands for "no limit stated" in webCRM's field metadata.
  if (found.maxLength && found.maxLength < needed) {
    return failed(
      name,
      `The field ${field} holds ${found.maxLength} characters; ${use} needs ${needed}.`,
      `Make the field longer in webCRM or name another in ${setting}.`,
    );
  }
  const absent = found.values.length === 0 ? [] : texts.filter((row) => !found.values.includes(row.webcrm));
  if (absent.length > 0) {
    return failed(
      name,
      `The list of ${field} in webCRM lacks ${quoted(absent.map((row) => row.webcrm))}.`,
      'Add it to the list in webCRM, or change the setting.',
    );
  }
  return passed(name, `${field} holds ${use}.`);
}

/** Every Type of the settings must be in webCRM's list, spelled alike. */
export function checkTypes(settings: Settings, fields: readonly WebcrmField[]): CheckItem[] {
  const name = 'webcrm-types';
  const values = fields.find((field) => field.name === 'OrganisationType')?.values ?? [];
  if (values.length === 0)
    return [passed(name, 'webCRM does not show its list of Types, so they could not be compared.')];
  const absent = settings.types.map((entry) => entry.type).filter((type) => !values.includes(type));
  if (absent.length === 0) return [passed(name, 'All selected Types exist in webCRM.')];
  return [
    failed(
      name,
      `webCRM's list of Types lacks ${quoted(absent)}.`,
      `Choose among ${quoted(values)}, or add the Type in webCRM.`,
    ),
  ];
}

/** Every code of a table must be known to Fortnox. */
export function checkCodes(
  name: string,
  what: string,
  rows: readonly { fortnox: string }[],
  known: readonly string[],
): CheckItem {
  const absent = rows.map((row) => row.fortnox).filter((code) => !known.includes(code));
  if (absent.length === 0) return passed(name, `Every code for ${what} in the settings exists in Fortnox.`);
  return failed(
    name,
    `Fortnox has no ${what} ${quoted(absent)}.`,
    `Choose among ${quoted(known)}, or add the code in Fortnox.`,
  );
}

export const quoted = (values: readonly string[]): string => values.map((value) => `"${value}"`).join(', ');
