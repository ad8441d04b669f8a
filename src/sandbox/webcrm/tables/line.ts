import { fieldsOf, type Row, type Table, tableOf } from '../fields.ts';

export type Line = { QuotationLineId: number } & Row;

const { field, kept, many, numbered } = fieldsOf('QuotationLine');

/** QuotationLineDto, 27 fields, and the one that only QuotationLineUpdateDto has (webcrm.md 8.4). */
export const LINES: Table = tableOf({
  name: 'QuotationLine',
  path: '/QuotationLines',
  firstId: 50_001,
  stamped: true,
  specs: [
    field('Id', 'integer'),
    ...many('integer', ['OpportunityId', 'OrganisationId', 'PersonId']),
    ...numbered('Data', 9, 'text'),
    field('Memo', 'text'),
    field('Comment', 'text'),
    ...many('double', ['Quantity', 'ListPrice', 'Price', 'CostPrice', 'Discount', 'VatPercentage']),
    field('SortOrder', 'integer'),
    field('StockStatus', 'text'),
    kept('CreatedAt', 'date'),
    kept('CreatedBy', 'text'),
    kept('UpdatedAt', 'date'),
    kept('UpdatedBy', 'text'),
    field('LinkedDataId', 'integer', null, 'write-only'),
  ],
  references: [
    // Deliveries and opportunities share one space of ids; the sandbox has no opportunities.
    { field: 'QuotationLineOpportunityId', to: 'Delivery', required: true },
    { field: 'QuotationLineLinkedDataId', to: 'QuotationLineLinkedDataItem', required: false },
  ],
});
