import type { FieldKind, Table, TableName } from './fields.ts';
import { Refusal } from './refusal.ts';
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

const rowsOf = (table: Table) =>
  table.specs.map((spec, index) => {
    const name = spec.name.slice(table.name.length);
    return {
      FieldMetadataId: index + 1,
      FieldMetadataDbFieldName: `${COLUMN_PREFIX[table.name]}${name}`.toLowerCase(),
      FieldMetadataFriendlyFieldName: spec.name,
      FieldMetadataLabel: name,
      FieldMetadataSortOrder: (index + 1) * 10,
      FieldMetadataDisplayType: DISPLAY[spec.kind] ?? 'T',
      // An unbounded text has 0 as its greatest length.
      FieldMetadataTextFieldMaxLength: spec.maxLength ?? 0,
      FieldMetadataDropdownListData:
        spec.kind === 'dropdown' ? spec.values.map((text, at) => ({ Text: text, Value: String(at + 1) })) : [],
    };
  });

/** The rows of GET /FieldsMetadata/{entityType} (webcrm.md 3). Raises Refusal for a type that webCRM does not have. */
export function fieldsMetadata(type: string) {
  if (!ENTITY_TYPES.includes(type)) throw new Refusal(`"${type}" is no entity type`);
  return TABLES.filter(({ name }) => type === name || type === 'All').flatMap(rowsOf);
}
