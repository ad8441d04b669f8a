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

export interface FortnoxClient {
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
