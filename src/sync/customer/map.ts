import type { CustomerField } from '../../../schemas/customer.ts';
import type { Settings } from '../../../schemas/settings.ts';
import type { WebcrmOrganisation } from '../../vendors/webcrm/types.ts';
import { countryCode, countryName } from '../countries.ts';
import { type Column, column, type FieldLine, translated } from '../fields.ts';
import * as normal from '../normalise.ts';

/** Longest values as the specs give them (webcrm.md 8.1; fortnox.md 11). Custom fields without a stated length take 250. */
const webcrmLength = (name: string): number =>
  /^Organisation(ExtraCustom|XText)/.test(name) ? 50 : /^OrganisationXMemo/.test(name) ? 2000 : 250;

const oneLine = (value: string): string => value.replaceAll('\n', ', ');
const crlf = (value: string): string => value.replaceAll('\n', '\r\n');

const fortnoxCountry = (name: string): Column =>
  column(name, 2, { read: (value) => normal.text(value)?.toUpperCase() ?? null, clearable: false });

function webcrmCountry(name: string, settings: Settings): Column {
  return column(name, 50, {
    read: (value) => {
      const written = normal.text(value);
      return written === null ? null : countryCode(written);
    },
    write: (value) => countryName(value, settings.countryLanguage),
    unreadable: 'country-unknown',
  });
}

/** Fortnox has two address lines; what does not fit in the first goes, joined, into the second. */
const fortnoxStreet: Column = {
  read: (record) =>
    normal.lines([record.Address1, record.Address2].filter((line) => normal.text(line) !== null).join('\n')),
  write: (value) => {
    const [first = '', ...rest] = (value ?? '').split('\n');
    return { Address1: normal.cut(first, 1024), Address2: normal.cut(rest.join(', '), 1024) };
  },
  clearable: true,
  unreadable: 'in-step',
};

/** Which Type stands for which kind (R14). A Type that is not selected says nothing of the kind. */
function webcrmKind(settings: Settings): Column {
  return {
    read: (record) => settings.types.find((line) => line.type === normal.text(record.OrganisationType))?.kind,
    write: (value) => {
      const type = value === 'company' || value === 'private' ? settings.defaultType[value] : null;
      return type === null ? undefined : { OrganisationType: type };
    },
    clearable: false,
    unreadable: 'no-default-type',
  };
}

const fortnoxKind: Column = {
  read: (record) => ({ COMPANY: 'company', PRIVATE: 'private' })[String(record.Type)],
  write: (value) => (value === null ? undefined : { Type: value === 'company' ? 'COMPANY' : 'PRIVATE' }),
  clearable: false,
  unreadable: 'in-step',
};

/** Email has a stricter form in Fortnox than a free custom field; both are read as written. */
const fields = (settings: Settings): (readonly [CustomerField, Column | null, Column])[] => {
  const custom = settings.customFields;
  const named = (name: string | undefined, make: (name: string) => Column): Column | null => (name ? make(name) : null);
  const plain = (name: string): Column => column(name, webcrmLength(name));
  const main = {
    street: column('OrganisationAddress', 250, { read: normal.lines, write: crlf }),
    postCode: column('OrganisationPostCode', 250),
    city: column('OrganisationCity', 50),
    country: webcrmCountry('OrganisationCountry', settings),
  };
  const other = {
    street: named(custom.otherStreet, (name) =>
      column(name, webcrmLength(name), { read: normal.lines, write: oneLine }),
    ),
    postCode: named(custom.otherPostCode, plain),
    city: named(custom.otherCity, plain),
    country: named(custom.otherCountry, (name) => webcrmCountry(name, settings)),
  };
  const [invoice, visiting] = settings.organisationAddressIs === 'invoice' ? [main, other] : [other, main];
  return [
    ['name', column('OrganisationName', settings.nameLimit), column('Name', 1024, { clearable: false })],
    ['kind', webcrmKind(settings), fortnoxKind],
    [
      'organisationNumber',
      named(custom.organisationNumber, (name) => column(name, webcrmLength(name), { read: normal.organisationNumber })),
      column('OrganisationNumber', 30, { read: normal.organisationNumber }),
    ],
    [
      'vatNumber',
      column('OrganisationVatNumber', 50, { read: normal.vatNumber }),
      column('VATNumber', 50, { read: normal.vatNumber }),
    ],
    ['phone', column('OrganisationTelephone', 50), column('Phone1', 1024)],
    ['email', named(custom.email, plain), column('Email', 1024)],
    ['website', column('OrganisationWww', 50), column('WWW', 128)],
    ['invoiceStreet', invoice.street, fortnoxStreet],
    ['invoicePostCode', invoice.postCode, column('ZipCode', 10)],
    ['invoiceCity', invoice.city, column('City', 1024)],
    ['invoiceCountry', invoice.country, fortnoxCountry('CountryCode')],
    ['visitingStreet', visiting.street, column('VisitingAddress', 128, { read: normal.lines, write: oneLine })],
    ['visitingPostCode', visiting.postCode, column('VisitingZipCode', 10)],
    ['visitingCity', visiting.city, column('VisitingCity', 128)],
    ['visitingCountry', visiting.country, fortnoxCountry('VisitingCountryCode')],
    [
      'termsOfPayment',
      named(custom.termsOfPayment, (name) =>
        translated(name, webcrmLength(name), settings.termsOfPayment, /^.{1,25}$/, 'terms-unknown'),
      ),
      column('TermsOfPayment', 25, { clearable: false }),
    ],
    [
      'currency',
      named(custom.currency, (name) =>
        translated(name, webcrmLength(name), settings.currencies, /^[A-Z]{3}$/, 'currency-unknown'),
      ),
      column('Currency', 3, { clearable: false }),
    ],
  ];
};

/**
 * The field map of customers as a table, one line a field: C4. A field without a webCRM column (its custom field is not
 * named in the settings, C3) is not synchronised. The customer number has rules of its own (R30) and is not here.
 */
export const customerMap = (settings: Settings): readonly FieldLine<CustomerField>[] =>
  fields(settings).flatMap(([field, webcrm, fortnox]) => (webcrm === null ? [] : [{ field, webcrm, fortnox }]));

export const numberInWebcrm = (settings: Settings, organisation: WebcrmOrganisation): string | null =>
  normal.text(organisation[settings.customFields.customerNumber]);

/** The field that tells whether the organisation is in step (R75); null when the settings name none. Never part of an image. */
export function organisationStatusColumn({ customFields: { status } }: Settings): Column | null {
  return status === undefined ? null : column(status, webcrmLength(status));
}
