import type { Priority } from '../../../schemas/records.ts';

/** A customer as Fortnox gives it (fortnox.md section 11), the fields that we read; unknown ones are kept. */
export interface FortnoxCustomer {
  CustomerNumber: string;
  Name: string;
  Type?: string | null;
  OrganisationNumber?: string | null;
  VATNumber?: string | null;
  Phone1?: string | null;
  Email?: string | null;
  WWW?: string | null;
  Address1?: string | null;
  Address2?: string | null;
  ZipCode?: string | null;
  City?: string | null;
  CountryCode?: string | null;
  VisitingAddress?: string | null;
  VisitingZipCode?: string | null;
  VisitingCity?: string | null;
  VisitingCountryCode?: string | null;
  TermsOfPayment?: string | null;
  Currency?: string | null;
  ExternalReference?: string | null;
  Active?: boolean | null;
  [field: string]: unknown;
}
/** What a list row holds: a subset. */
export interface FortnoxCustomerRow {
  CustomerNumber: string;
  Name: string;
  OrganisationNumber?: string | null;
  [field: string]: unknown;
}

/** An article as the single GET gives it (fortnox.md 11), the fields that we read. */
export interface FortnoxArticle {
  ArticleNumber: string;
  Description?: string | null;
  Unit?: string | null;
  Active?: boolean | null;
  PurchasePrice?: number | string | null;
  [field: string]: unknown;
}
/** What a list row of articles holds: prices come as strings here (fortnox.md 3). */
export interface FortnoxArticleRow {
  ArticleNumber: string;
  Description?: string | null;
  PurchasePrice?: number | string | null;
  SalesPrice?: number | string | null;
  Unit?: string | null;
  [field: string]: unknown;
}

/** What a list row of prices holds (fortnox.md 11). */
export interface FortnoxPriceRow {
  ArticleNumber: string;
  PriceList: string;
  FromQuantity?: number | string | null;
  Price?: number | string | null;
  [field: string]: unknown;
}

export type DocumentKind = 'order' | 'invoice';
/** A row of an order or invoice. Quantities are strings (fortnox.md 3); RowId is new after every update (8.2). */
export interface FortnoxRow {
  RowId?: number | null;
  ArticleNumber?: string | null;
  Description?: string | null;
  OrderedQuantity?: string | number | null;
  DeliveredQuantity?: string | number | null;
  Unit?: string | null;
  Price?: number | string | null;
  Discount?: number | string | null;
  DiscountType?: 'AMOUNT' | 'PERCENT' | null;
  VAT?: number | string | null;
  [field: string]: unknown;
}
/** An order or invoice as the single GET gives it; its rows stand in OrderRows or InvoiceRows. */
export interface FortnoxDocument {
  DocumentNumber: string;
  CustomerNumber: string;
  Cancelled?: boolean | null;
  ExternalInvoiceReference1?: string | null;
  /** "0" means none (fortnox.md 3). Of an order. */
  InvoiceReference?: string | null;
  /** "0" means none. Of an invoice. */
  OrderReference?: string | null;
  CreditInvoiceReference?: string | null;
  /** The string "true" or "false". */
  Credit?: string | boolean | null;
  Booked?: boolean | null;
  Sent?: boolean | null;
  FinalPayDate?: string | null;
  AccountingMethod?: string | null;
  VATIncluded?: boolean | null;
  OrderRows?: FortnoxRow[] | null;
  InvoiceRows?: FortnoxRow[] | null;
  [field: string]: unknown;
}
/** What a list row of documents holds: a subset, without rows and references to other documents. */
export interface FortnoxDocumentRow {
  DocumentNumber: string;
  CustomerNumber: string;
  ExternalInvoiceReference1?: string | null;
  OrderDate?: string | null;
  InvoiceDate?: string | null;
  [field: string]: unknown;
}
/** What is sent of a document: head fields ('' clears), and rows when they are to change. */
export interface DocumentWrite {
  readonly fields: Readonly<Record<string, string | number | boolean>>;
  /**
   * The rows in their new order, each with the RowId of the read just made when it is there already, and the fields that
   * change ('' clears). Absent: rows stay. Numbers are decimal strings; the client sends quantities as strings and Price,
   * Discount and VAT as JSON numbers, as the vendor types them (fortnox.md 11).
   */
  readonly rows?: readonly DocumentRowWrite[];
}
export interface DocumentRowWrite {
  readonly rowId: number | null;
  readonly fields: Readonly<Record<string, string>>;
}

export interface FortnoxClient {
  /** null on 404 with code 2000428. */
  getArticle(number: string, priority: Priority): Promise<FortnoxArticle | null>;
  /**
   * All pages (500 rows each) of articles, changed since an instant when given (price changes do not count as such, R60).
   * Reading stops when `onPage` answers false.
   */
  listArticles(
    since: number | null,
    priority: Priority,
    onPage: (rows: FortnoxArticleRow[], page: { number: number; of: number }) => Promise<boolean>,
  ): Promise<{ serverDate: number }>;
  /** The price of an article in a list, decimal string; null when the list has none (404). */
  getPrice(priceList: string, article: string, priority: Priority): Promise<string | null>;
  /**
   * The prices from quantity 0 on of one list, decimal strings by ArticleNumber; an article without a price is absent. Reads
   * every page (500 rows each) of the prices of all lists.
   */
  listPrices(priceList: string, priority: Priority): Promise<Map<string, string>>;
  priceLists(priority: Priority): Promise<{ code: string; preselected: boolean }[]>;
  /** null on 404 with code 2000439 or 2000434. Single reads only: lists hold no rows. */
  getDocument(kind: DocumentKind, number: string, priority: Priority): Promise<FortnoxDocument | null>;
  /** Answers the full document with its number and the rows with their RowIds. */
  createDocument(kind: DocumentKind, write: DocumentWrite, priority: Priority): Promise<FortnoxDocument>;
  /** Never called for a frozen document (R41). Answers the full document. */
  updateDocument(
    kind: DocumentKind,
    number: string,
    write: DocumentWrite,
    priority: Priority,
  ): Promise<FortnoxDocument>;
  /**
   * Documents whose ExternalInvoiceReference1, or whose customer, is exactly this (Fortnox searches for parts of it); with
   * `since` (ms) only those changed since then: the one filter that goes with a search (fortnox.md 5.4).
   */
  findDocuments(
    kind: DocumentKind,
    by: 'externalinvoicereference1' | 'customernumber',
    value: string,
    priority: Priority,
    since?: number | null,
  ): Promise<FortnoxDocumentRow[]>;
  /** As listCustomers. */
  listDocuments(
    kind: DocumentKind,
    since: number | null,
    priority: Priority,
    onPage: (rows: FortnoxDocumentRow[]) => Promise<void>,
  ): Promise<{ serverDate: number }>;
  /** null when Fortnox says that it does not exist (404, code 2000433). */
  getCustomer(number: string, priority: Priority): Promise<FortnoxCustomer | null>;
  /** Fields to be cleared are given as ''; the client sends `API_BLANK` (fortnox.md 8.1). Answers the full record. Raises `number-taken` on 2000637. */
  createCustomer(fields: Record<string, string>, priority: Priority): Promise<FortnoxCustomer>;
  updateCustomer(number: string, fields: Record<string, string>, priority: Priority): Promise<FortnoxCustomer>;
  /** Fortnox searches ILIKE %value%: the client filters to exact matches (case-insensitive, trimmed). Reads every page. */
  searchCustomers(
    field: 'customernumber' | 'name' | 'organisationnumber',
    value: string,
    priority: Priority,
  ): Promise<FortnoxCustomerRow[]>;
  /** Of the customers whose field holds this part, as Fortnox itself searches, those whose field is wanted. Reads every page. */
  customersHolding(
    field: 'customernumber' | 'name' | 'organisationnumber',
    part: string,
    priority: Priority,
    isWanted: (value: unknown) => boolean,
  ): Promise<FortnoxCustomerRow[]>;
  /** Those modified since the instant, as `listCustomers` gives them. */
  changedCustomers(since: number, priority: Priority): Promise<FortnoxCustomerRow[]>;
  /**
   * All pages (500 rows each) of customers, modified since an instant when given (sent as Stockholm time to the second).
   * `serverDate` is the answer's `Date` header of the first page in ms, the clock that cursors follow (R74).
   */
  listCustomers(
    since: number | null,
    priority: Priority,
    onPage: (rows: FortnoxCustomerRow[]) => Promise<void>,
  ): Promise<{ serverDate: number }>;
  /** DatabaseNumber as a string; name. */
  companyInformation(priority: Priority): Promise<{ databaseNumber: string; name: string }>;
  termsOfPayment(priority: Priority): Promise<string[]>;
  currencies(priority: Priority): Promise<string[]>;
  /** One row of orders or invoices: proves the right and the licence (raises `licence-missing`). */
  probeDocuments(mode: 'order' | 'invoice', priority: Priority): Promise<void>;
}
