const PREFIX = 'QuotationLineLinkedSetup';

/** What the sandbox's quotation lines use: linked fields 1 to 3 for number, name and unit, all numbers, a memo. */
const USED: readonly string[] = ['CostPrice', 'CustomMemo', 'Discount', 'ListPrice', 'Quantity', 'Vat', 'VatPerLine'];
const UNUSED: readonly string[] = [
  'IntegerDiscount',
  'IntegerPrice',
  'IntegerQuantity',
  'ItemGroup',
  'LineNumber',
  'PriceLine',
  'PriceTotal',
  'Revenue',
  'Spacer',
  'TotalDiscount',
];
const LINKED = 3;

const SETUP: Readonly<Record<string, string | number | boolean>> = {
  Id: 1,
  CostPriceLabel: 'Kostpris',
  ListPriceLabel: 'Listpris',
  PriceLabel: 'Pris',
  QuantityLabel: 'Antal',
  FontSize: 0,
  FontFamily: '',
  HighlightVat: false,
  CostPriceConditionField: '',
  CostPriceConditionValue: '',
  PastAsCostPrice: false,
  CostPriceEditMode: 'Never',
  IsImageEnabled: false,
  ImageUrl: '',
  ImageWidth: 0,
  ImageHeight: 0,
  CreateDateField: '',
  UpdateDateField: '',
  EntityType: 'Product',
  IsUniqueValueRequired: false,
  LinkMode: 'Regular',
  LookupMode: 'DropdownLists',
  MemoField: 0,
  ...Object.fromEntries(USED.map((name) => [`Use${name}`, true])),
  ...Object.fromEntries(UNUSED.map((name) => [`Use${name}`, false])),
  ...Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`UseLinkedField${at + 1}`, at < LINKED])),
  ...Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`Field${at + 1}`, at < LINKED ? at + 1 : 0])),
};

/** The answer of GET /QuotationLines/LinkedSetup, 58 fields (webcrm.md 8.5). */
export const LINKED_SETUP = Object.fromEntries(Object.entries(SETUP).map(([name, value]) => [PREFIX + name, value]));
