import { VAT_RATES } from './fields.ts';
import { type FieldRule, type FieldRules, oneOf, readOnly, text } from './rules.ts';

const account = (initial?: number): FieldRule => ({
  type: 'integer',
  min: 1000,
  max: 99_999,
  ...(initial === undefined ? {} : { initial }),
});
const size: FieldRule = { type: 'integer', min: 0, max: 999_999_999, initial: 0 };
const number: FieldRule = { type: 'number' };
const boolean: FieldRule = { type: 'boolean' };

/** Every field of an article with its limits (fortnox.md 11). */
export const ARTICLE_FIELDS: FieldRules = {
  '@url': readOnly('string'),
  Active: { type: 'boolean', initial: true },
  ArticleNumber: text(50),
  Bulky: boolean,
  ConstructionAccount: account(),
  CostCalculationMethod: text(),
  DefaultStockLocation: text(),
  DefaultStockPoint: text(),
  Depth: size,
  Description: { type: 'string', min: 1, max: 200 },
  DirectCost: number,
  DisposableQuantity: readOnly('number'),
  EAN: text(30),
  EUAccount: account(3108),
  EUVATAccount: account(3106),
  Expired: boolean,
  ExportAccount: account(3105),
  FreightCost: number,
  Height: size,
  Housework: boolean,
  HouseworkType: text(),
  Manufacturer: text(50),
  ManufacturerArticleNumber: text(50),
  Note: text(10_000),
  OtherCost: number,
  PurchaseAccount: account(4000),
  PurchasePrice: number,
  QuantityInStock: number,
  ReservedQuantity: readOnly('number'),
  SalesAccount: account(3001),
  SalesPrice: readOnly('number', null),
  StockAccount: { type: 'integer' },
  StockChangeAccount: { type: 'integer' },
  StockGoods: boolean,
  StockPlace: text(100),
  StockValue: readOnly('number'),
  StockWarning: number,
  SupplierName: readOnly('string'),
  SupplierNumber: text(),
  Type: oneOf(['STOCK', 'SERVICE'], 'STOCK'),
  Unit: text(),
  VAT: { type: 'number', values: VAT_RATES, initial: 25 },
  WebshopArticle: boolean,
  Weight: size,
  Width: size,
};

/** What a list row holds; the second ones as texts (fortnox.md 3, 14). */
export const ARTICLE_ROW_FIELDS = {
  plain: ['@url', 'ArticleNumber', 'Description', 'EAN', 'Housework', 'StockPlace', 'Unit', 'WebshopArticle'],
  texts: [
    'DisposableQuantity',
    'PurchasePrice',
    'QuantityInStock',
    'ReservedQuantity',
    'SalesPrice',
    'StockValue',
    'VAT',
  ],
} as const;
