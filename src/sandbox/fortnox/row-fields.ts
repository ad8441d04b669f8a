import type { DocumentKind } from './document-fields.ts';
import { VAT_RATES } from './fields.ts';
import { type FieldRules, oneOf, readOnly, text } from './rules.ts';

const BOTH = [
  'CONSTRUCTION',
  'ELECTRICITY',
  'GLASSMETALWORK',
  'GROUNDDRAINAGEWORK',
  'MASONRY',
  'PAINTINGWALLPAPERING',
  'MOVINGSERVICES',
  'ITSERVICES',
  'CLEANING',
  'TEXTILECLOTHING',
  'SNOWPLOWING',
  'GARDENING',
  'BABYSITTING',
  'OTHERCARE',
  'OTHERCOSTS',
];
const INVOICES_ONLY = [
  'HVAC',
  'MAJORAPPLIANCEREPAIR',
  'SOLARCELLS',
  'STORAGESELFPRODUCEDELECTRICITY',
  'CHARGINGSTATIONELECTRICVEHICLE',
  'HOMEMAINTENANCE',
  'FURNISHING',
  'TRANSPORTATIONSERVICES',
  'WASHINGANDCAREOFCLOTHING',
];

const SHARED: FieldRules = {
  ArticleNumber: text(50),
  ContributionPercent: readOnly('quantity'),
  ContributionValue: readOnly('quantity'),
  CostCenter: text(),
  DeliveredQuantity: { type: 'quantity' },
  Description: text(),
  Discount: { type: 'number' },
  DiscountType: oneOf(['AMOUNT', 'PERCENT'], 'PERCENT'),
  HouseWork: { type: 'boolean' },
  Price: { type: 'number' },
  Project: text(),
  RowId: { type: 'integer' },
  StockPointCode: text(),
  Total: readOnly('number'),
  Unit: text(),
  VAT: { type: 'number', values: VAT_RATES },
  VATCode: text(),
};

/** Fields of rows (fortnox.md 11, 12); the kinds of housework differ. */
export const ROW_FIELDS: Readonly<Record<DocumentKind, FieldRules>> = {
  order: {
    ...SHARED,
    AccountNumber: { type: 'integer' },
    HouseWorkHoursToReport: { type: 'integer' },
    HouseWorkType: oneOf(BOTH),
    OrderedQuantity: { type: 'quantity', initial: '1' },
    ReservedQuantity: readOnly('quantity'),
    StockPointId: text(),
  },
  invoice: {
    ...SHARED,
    AccountNumber: { type: 'integer', min: 1000, max: 9999 },
    Description: text(255),
    HouseWorkHoursToReport: { type: 'integer', max: 999 },
    HouseWorkType: oneOf([...BOTH, ...INVOICES_ONLY]),
    PriceExcludingVAT: readOnly('number'),
    TotalExcludingVAT: readOnly('number'),
  },
};

export const ROWS_FIELD = { order: 'OrderRows', invoice: 'InvoiceRows' } as const;

/** A row as a document answers it. */
export interface FortnoxRowRecord {
  RowId: number;
  ArticleNumber: string;
  DeliveredQuantity: string;
  Price: number;
  Discount: number;
  DiscountType: string;
  VAT: number;
  [field: string]: unknown;
}
