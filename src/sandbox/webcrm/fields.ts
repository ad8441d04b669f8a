/** The shape of an organisation as webCRM's published description of 2019 gives it (OrganisationDto, 109 fields). */
export type FieldKind = 'text' | 'integer' | 'boolean' | 'date' | 'dropdown' | 'item-type';
export interface FieldSpec {
  readonly name: string;
  readonly kind: FieldKind;
  /** null: not bounded by the description. */
  readonly maxLength: number | null;
  /** Kept by webCRM itself: a write that names it is refused. */
  readonly readOnly: boolean;
  /** Texts that a drop-down takes; "" clears it. */
  readonly values: readonly string[];
}

export type Value = string | number | boolean;
export type Organisation = { OrganisationId: number } & Record<string, Value>;

/** What an unset date and an unset drop-down come back as: a year 1 date and a localised text, never null. */
export const EMPTY_DATE = '0001-01-01T00:00:00+00:00';
export const PLACEHOLDER = '-- vælg --';

const field = (name: string, kind: FieldKind, maxLength: number | null = null, readOnly = false): FieldSpec => ({
  name: `Organisation${name}`,
  kind,
  maxLength,
  readOnly,
  values: [],
});
const dropdown = (name: string, maxLength: number | null, values: readonly string[]): FieldSpec => ({
  ...field(name, 'dropdown', maxLength),
  values,
});
const numbered = (name: string, count: number, kind: FieldKind, maxLength: number | null = null): FieldSpec[] =>
  Array.from({ length: count }, (_, index) => field(`${name}${index + 1}`, kind, maxLength));

const SPECS: readonly FieldSpec[] = [
  field('Id', 'integer'),
  field('Name', 'text', 200),
  field('DivisionName', 'text', 200),
  field('CompareName', 'text', 500, true),
  field('Address', 'text', 250),
  field('PostCode', 'text'),
  field('City', 'text', 50),
  field('State', 'text'),
  field('Country', 'text', 50),
  field('Telephone', 'text', 50),
  field('TelephoneSearch', 'text', null, true),
  field('Fax', 'text', 50),
  field('Www', 'text', 50),
  field('Domain', 'text', 50),
  dropdown('Type', null, ['Customer', 'Private Customer', 'Prospect', 'Supplier']),
  dropdown('Status', null, ['Aktiv', 'Passiv']),
  dropdown('Industry', 50, ['Bygg', 'Handel', 'Industri', 'Transport', 'Tjänster']),
  field('TerritoryId', 'integer'),
  field('Owner', 'integer'),
  field('Owner2', 'integer'),
  field('ApprovalStatus', 'integer'),
  field('VatNumber', 'text', 50),
  field('VatCountry', 'text', 10),
  field('VatGroup', 'text', 20),
  field('VatStatus', 'text'),
  field('VatVerifiedAt', 'date'),
  ...numbered('Custom', 15, 'text'),
  field('Memo', 'text'),
  ...numbered('ExtraCustom', 8, 'text', 50),
  ...numbered('XText', 8, 'text', 50),
  ...numbered('XInt', 8, 'integer'),
  ...numbered('XDate', 2, 'date'),
  ...numbered('XMemo', 2, 'text'),
  ...numbered('Plus', 20, 'text'),
  field('CreatedAt', 'date', null, true),
  field('CreatedBy', 'text', null, true),
  field('UpdatedAt', 'date', null, true),
  field('UpdatedBy', 'text', null, true),
  field('LastDisplayedAt', 'date', null, true),
  field('LastItemType', 'item-type', null, true),
  field('LastItemUpdatedAt', 'date', null, true),
  field('Alert', 'text', 50),
  field('Comment', 'text'),
  field('History', 'text', null, true),
  field('Gps', 'text', 50),
  field('NoAds', 'boolean'),
  field('OutlookSync', 'integer'),
  field('OverlayUrl', 'text'),
  field('ReportTemp', 'integer'),
  field('Sla', 'integer'),
  field('MarketDataId', 'text'),
  field('MarketDataProviderId', 'integer'),
  field('ImageFileExtension', 'text'),
];

export const FIELDS: ReadonlyMap<string, FieldSpec> = new Map(SPECS.map((spec) => [spec.name, spec]));

const EMPTY: Readonly<Record<FieldKind, Value>> = {
  text: '',
  dropdown: '',
  integer: 0,
  boolean: false,
  date: EMPTY_DATE,
  'item-type': 'Undefined',
};
export const emptyValue = (spec: FieldSpec): Value => EMPTY[spec.kind];

/** An instant in webCRM's notation. */
export const stamp = (ms: number): string => new Date(ms).toISOString().replace('Z', '+00:00');

/** What the API answers: every field, with the placeholder in unset drop-downs. */
export function answered(row: Organisation): Organisation {
  const all: Organisation = { OrganisationId: row.OrganisationId };
  for (const spec of SPECS) {
    const value = row[spec.name] ?? emptyValue(spec);
    all[spec.name] = spec.kind === 'dropdown' && value === '' ? PLACEHOLDER : value;
  }
  return all;
}

/** The rows of GET /FieldsMetadata/Organisation; an unbounded text has 0 as its greatest length. */
export const fieldsMetadata = () =>
  SPECS.map((spec, index) => ({
    FieldMetadataId: index + 1,
    FieldMetadataDbFieldName: spec.name.replace('Organisation', 'o_').toLowerCase(),
    FieldMetadataFriendlyFieldName: spec.name,
    FieldMetadataLabel: spec.name.replace('Organisation', ''),
    FieldMetadataSortOrder: (index + 1) * 10,
    FieldMetadataDisplayType:
      spec.kind === 'dropdown' ? 'L' : spec.kind === 'date' ? 'DT' : spec.kind === 'integer' ? 'I' : 'T',
    FieldMetadataTextFieldMaxLength: spec.maxLength ?? 0,
    FieldMetadataDropdownListData: spec.values.map((text, at) => ({ Text: text, Value: String(at + 1) })),
  }));
