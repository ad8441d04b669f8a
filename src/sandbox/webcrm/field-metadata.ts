import type { FieldKind, Table, TableName } from './fields.ts';
import { Refusal } from './refusal.ts';
import type { WebcrmSwitches } from './switches.ts';
import { DELIVERIES } from './tables/delivery.ts';
import { ORGANISATIONS } from './tables/organisation.ts';

const ENTITY_TYPES = [
  'Activity',
  'Delivery',
  'Event',
  'Opportunity',
  'Organisation',
  'Person',
  'Product',
  'SupportCase',
  'User',
  'All',
];
const TABLES: readonly Table[] = [ORGANISATIONS, DELIVERIES];
const DISPLAY: Readonly<Partial<Record<FieldKind, string>>> = { dropdown: 'L', date: 'DT', integer: 'I' };
const COLUMN_PREFIX: Readonly<Partial<Record<TableName, string>>> = { Organisation: 'o_', Delivery: 'd_' };

/** As the sandbox's company calls its custom fields; the seed fills them so. */
const LABELS: Readonly<Record<string, string>> = {
  OrganisationCustom1: 'Kundnummer',
  OrganisationCustom2: 'Organisationsnummer',
  OrganisationCustom3: 'E-post',
  OrganisationCustom4: 'Besöksadress',
  OrganisationCustom5: 'Besöksadress postnr',
  OrganisationCustom6: 'Besöksadress ort',
  OrganisationCustom7: 'Besöksadress land',
  OrganisationCustom8: 'Betalningsvillkor',
  OrganisationCustom9: 'Valuta',
  DeliveryCustom1: 'Ordernummer',
  DeliveryCustom2: 'Leveransdatum',
  DeliveryCustom3: 'Fakturanummer',
  DeliveryCustom4: 'Fakturadatum',
  DeliveryCustom5: 'Bokförd',
  DeliveryCustom6: 'Dokumentets tillstånd',
  DeliveryCustom7: 'Vår referens',
  DeliveryCustom8: 'Er referens',
  DeliveryCustom9: 'Ert ordernr',
  DeliveryCustom10: 'Anmärkning',
};

const rowsOf = (table: Table) =>
  table.specs.map((spec, index) => {
    const name = spec.name.slice(table.name.length);
    return {
      FieldMetadataId: index + 1,
      FieldMetadataDbFieldName: `${COLUMN_PREFIX[table.name]}${name}`.toLowerCase(),
      FieldMetadataFriendlyFieldName: spec.name,
      FieldMetadataLabel: LABELS[spec.name] ?? name,
      FieldMetadataSortOrder: (index + 1) * 10,
      FieldMetadataDisplayType: DISPLAY[spec.kind] ?? 'T',
      // An unbounded text has 0 as its greatest length.
      FieldMetadataTextFieldMaxLength: spec.maxLength ?? 0,
      FieldMetadataDropdownListData:
        spec.kind === 'dropdown' ? spec.values.map((text, at) => ({ Text: text, Value: String(at + 1) })) : [],
    };
  });

/** As the sandbox's company calls what its lines hold, by switch `lineLabels`. */
const LINE_LABELS = ['Artikelnr', 'Benämning', 'Enhet'];
const lineRows = LINE_LABELS.map((label, index) => ({
  FieldMetadataId: index + 1,
  FieldMetadataDbFieldName: `ql_data${index + 1}`,
  FieldMetadataFriendlyFieldName: `QuotationLineLinkedDataItemData${index + 1}`,
  FieldMetadataLabel: label,
  FieldMetadataSortOrder: (index + 1) * 10,
  FieldMetadataDisplayType: 'T',
  FieldMetadataTextFieldMaxLength: 0,
  FieldMetadataDropdownListData: [],
}));

/** The rows of GET /FieldsMetadata/{entityType} (webcrm.md 3). Raises Refusal for a type that webCRM does not have. */
export function fieldsMetadata(type: string, lineLabels: WebcrmSwitches['lineLabels']) {
  if (!ENTITY_TYPES.includes(type)) throw new Refusal(`"${type}" is no entity type`);
  const rows = TABLES.filter(({ name }) => type === name || type === 'All').flatMap(rowsOf);
  return type === 'All' && lineLabels === 'told' ? [...rows, ...lineRows] : rows;
}
