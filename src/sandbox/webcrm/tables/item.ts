import { fieldsOf, type Row, type Table, tableOf } from '../fields.ts';

export type Item = { QuotationLineLinkedDataItemId: number } & Row;

const { field, listed, many, numbered } = fieldsOf('QuotationLineLinkedDataItem');

/** QuotationLineLinkedDataItemDto, 16 fields: the product register, which has no stamps and no hooks (webcrm.md 8.5). */
export const ITEMS: Table = tableOf({
  name: 'QuotationLineLinkedDataItem',
  path: '/QuotationLines/LinkedData',
  firstId: 700_001,
  stamped: false,
  specs: [
    field('Id', 'integer'),
    ...numbered('Data', 9, 'register-text'),
    field('DataMemo', 'text'),
    ...many('double', ['Price', 'CostPrice']),
    ...many('text', ['VatCode', 'ItemGroup']),
    // Of the description's ten values the register takes this one alone.
    listed('EntityType', 'choice', ['Product']),
  ],
});
