import type { Settings } from '../../schemas/settings.ts';

export type RecordFields = Readonly<Record<string, unknown>>;
export type Texts = Record<string, string>;

/** One field as people see it on both sides: written here by hand, on purpose not taken from the product. */
export interface SharedField {
  /** As the activity log names it. */
  readonly name: string;
  readonly webcrm: Face;
  readonly fortnox: Face;
  /** An empty one means something: both vendors can show it. */
  readonly mayBeEmpty: boolean;
}
export interface Face {
  /** The vendor's own fields that hold it. */
  readonly columns: readonly string[];
  /** '' when empty; null when the side does not say (a Type that is not selected). */
  read(record: RecordFields): string | null;
  type(value: string): Texts;
}

const clean = (value: unknown): string =>
  value === null || value === undefined ? '' : String(value).replace(/\r\n?/g, '\n').trim();

const plain = (column: string): Face => ({
  columns: [column],
  read: (record) => clean(record[column]),
  type: (value) => ({ [column]: value }),
});

/** The ways in which people write a VAT number; which one, its check digit says. */
const VAT_SPELLINGS = ['$1$2$3$4', '$1$2-$3$4', '$1 $2-$3 $4'];
const vat = (column: string): Face => ({
  columns: [column],
  read: (record) => clean(record[column]).replace(/[\s-]/g, ''),
  type: (value) => {
    const spelling = VAT_SPELLINGS[Number(value.at(-3)) % VAT_SPELLINGS.length] ?? '$1$2$3$4';
    return { [column]: value.replace(/^(SE)(\d{6})(\d{4})(\d{2})$/, spelling) };
  },
});

const webcrmStreet: Face = {
  columns: ['OrganisationAddress'],
  read: (record) => clean(record.OrganisationAddress),
  type: (value) => ({ OrganisationAddress: value.replaceAll('\n', '\r\n') }),
};

const fortnoxInvoiceStreet: Face = {
  columns: ['Address1', 'Address2'],
  read: (record) => [clean(record.Address1), clean(record.Address2)].filter((line) => line !== '').join('\n'),
  type: (value) => {
    const [first = '', second = ''] = value.split('\n');
    return { Address1: first, Address2: second };
  },
};

/** Type on one side, kind of customer on the other. */
export const KINDS: Readonly<Record<string, 'company' | 'private'>> = {
  Customer: 'company',
  'Private Customer': 'private',
};
const kind: SharedField = {
  name: 'kind',
  mayBeEmpty: false,
  webcrm: {
    columns: ['OrganisationType'],
    read: (record) => KINDS[clean(record.OrganisationType)] ?? null,
    type: (value) => ({ OrganisationType: value }),
  },
  fortnox: {
    columns: ['Type'],
    read: (record) => (record.Type === 'PRIVATE' ? 'private' : 'company'),
    type: (value) => ({ Type: value === 'private' ? 'PRIVATE' : 'COMPANY' }),
  },
};

export const NUMBER_COLUMN = 'OrganisationCustom1';
const number: SharedField = {
  name: 'customerNumber',
  mayBeEmpty: true,
  webcrm: plain(NUMBER_COLUMN),
  fortnox: plain('CustomerNumber'),
};

/** The fields that a history edits, under these settings. */
export function sharedFields(settings: Pick<Settings, 'organisationAddressIs'>): readonly SharedField[] {
  const invoice = settings.organisationAddressIs === 'invoice';
  const [street, post, city] = invoice
    ? [fortnoxInvoiceStreet, 'ZipCode', 'City']
    : [plain('VisitingAddress'), 'VisitingZipCode', 'VisitingCity'];
  const area = invoice ? 'invoice' : 'visiting';
  const text = (name: string, webcrm: Face, fortnox: Face, mayBeEmpty = true): SharedField => ({
    name,
    webcrm,
    fortnox,
    mayBeEmpty,
  });
  return [
    text('name', plain('OrganisationName'), plain('Name'), false),
    text('phone', plain('OrganisationTelephone'), plain('Phone1')),
    text('website', plain('OrganisationWww'), plain('WWW')),
    text('email', plain('OrganisationCustom3'), plain('Email')),
    text('vatNumber', vat('OrganisationVatNumber'), vat('VATNumber')),
    text(`${area}Street`, webcrmStreet, street),
    text(`${area}PostCode`, plain('OrganisationPostCode'), plain(post)),
    text(`${area}City`, plain('OrganisationCity'), plain(city)),
    kind,
    number,
  ];
}
