import type { Articles } from './articles.ts';
import { localDate } from './calendar.ts';
import type { Company } from './company.ts';
import type { DocumentKind } from './document-fields.ts';
import type { Documents } from './documents.ts';
import { CURRENCIES, DEFAULT_PRICE_LIST, PRICE_LISTS, TERMS_OF_PAYMENT } from './fields.ts';
import { invalid, type ListEntry, type ListSpec, listOf, modifiedSince, pageOf } from './list.ts';
import { ARTICLE_LIST, CUSTOMER_LIST, INVOICE_LIST, ORDER_LIST } from './list-specs.ts';
import type { Prices } from './prices.ts';
import { answer } from './refusal.ts';
import { getting, type Route, route, sentFields } from './route.ts';
import type { FortnoxSwitches } from './switches.ts';

export interface CustomerWrite {
  readonly at: number;
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly number: string;
  /** The fields as they were sent; null for DELETE. */
  readonly body: Record<string, unknown> | null;
}
export interface DocumentWriteRecord {
  readonly at: number;
  readonly kind: DocumentKind;
  readonly method: 'POST' | 'PUT';
  readonly number: string;
  /** The fields as they were sent. */
  readonly body: Record<string, unknown>;
}

/** The addresses under /3 that this company answers. */
export function createRoutes(deps: {
  now: () => number;
  databaseNumber: number;
  company: Company;
  articles: Articles;
  prices: Prices;
  documents: Documents;
  switches: FortnoxSwitches;
  wrote: (method: CustomerWrite['method'], number: string, body: CustomerWrite['body']) => void;
  wroteDocument: (write: Omit<DocumentWriteRecord, 'at'>) => void;
}): Route[] {
  const { company, articles, prices, documents, switches, wrote, wroteDocument } = deps;

  const listing = (path: string, spec: ListSpec, entries: () => readonly ListEntry[]): Route =>
    getting(path, ({ query }) => listOf(spec, entries(), query, switches, localDate(deps.now())));
  const register = (path: string, key: string, rows: readonly unknown[], taken: readonly string[] = []): Route =>
    getting(`/3/${path}`, ({ query }) => {
      for (const name of query.keys()) if (!['page', 'limit', 'offset', ...taken].includes(name)) throw invalid(name);
      return pageOf(rows, key, query);
    });

  const customers: Route[] = [
    listing('/3/customers', CUSTOMER_LIST, company.list),
    route('POST', '/3/customers', ({ request }) => {
      const fields = sentFields('Customer', request);
      const Customer = company.create(fields, 'api');
      wrote('POST', Customer.CustomerNumber, fields);
      return answer(201, { Customer });
    }),
    getting('/3/customers/{id}', ({ ids: [id = ''] }) => ({ Customer: company.get(id) })),
    route('PUT', '/3/customers/{id}', ({ request, ids: [id = ''] }) => {
      const fields = sentFields('Customer', request);
      const Customer = company.edit(id, fields, 'api');
      wrote('PUT', id, fields);
      return answer(200, { Customer });
    }),
    // It takes effect, so that a test sees what the forbidden call would have done.
    route('DELETE', '/3/customers/{id}', ({ ids: [id = ''] }) => {
      company.delete(id, 'api');
      wrote('DELETE', id, null);
      return answer(204, null);
    }),
  ];

  function documentRoutes(kind: DocumentKind, wrapper: string, spec: ListSpec): Route[] {
    const all = `/3/${kind}s`;
    return [
      listing(all, spec, () => documents.list(kind)),
      route('POST', all, ({ request }) => {
        const body = sentFields(wrapper, request);
        const made = documents.create(kind, body, 'api');
        wroteDocument({ kind, method: 'POST', number: made.DocumentNumber, body });
        return answer(201, { [wrapper]: made });
      }),
      getting(`${all}/{id}`, ({ ids: [id = ''] }) => ({ [wrapper]: documents.read(kind, id) })),
      route('PUT', `${all}/{id}`, ({ request, ids: [id = ''] }) => {
        const body = sentFields(wrapper, request);
        const edited = documents.edit(kind, id, body, 'api');
        wroteDocument({ kind, method: 'PUT', number: id, body });
        return answer(200, { [wrapper]: edited });
      }),
    ];
  }

  const Prices = (query: URLSearchParams, article?: string, list?: string) => {
    const rows = modifiedSince(prices.list(), query, switches).map(({ record }) => record);
    const wanted = rows.filter(
      ({ ArticleNumber, PriceList }) =>
        (article === undefined || ArticleNumber === article) && (list === undefined || PriceList === list),
    );
    const listed = wanted.map(({ Date: _date, Percent: _percent, ...row }) => row);
    return pageOf(listed, 'Prices', query);
  };
  const priceLists = PRICE_LISTS.map((Code) => ({
    '@url': `https://api.fortnox.se/3/pricelists/${Code}`,
    Code,
    Comments: '',
    Description: `Prislista ${Code}`,
    PreSelected: Code === DEFAULT_PRICE_LIST,
  }));
  const terms = TERMS_OF_PAYMENT.map((Code) => ({ Code, Description: /^\d+$/.test(Code) ? `${Code} dagar` : Code }));
  const currencies = CURRENCIES.map((Code) => ({ Code, Description: Code, BuyRate: 1, SellRate: 1, Unit: 1 }));

  return [
    ...customers,
    ...documentRoutes('order', 'Order', ORDER_LIST),
    ...documentRoutes('invoice', 'Invoice', INVOICE_LIST),
    listing('/3/articles', ARTICLE_LIST, articles.list),
    getting('/3/articles/{id}', ({ ids: [id = ''] }) => ({ Article: articles.get(id) })),
    getting('/3/prices', ({ query }) => Prices(query)),
    getting('/3/prices/sublist/{list}/{article}', ({ query, ids: [list, article] }) => Prices(query, article, list)),
    getting('/3/prices/{list}/{article}', ({ ids: [list = '', article = ''] }) => ({
      Price: prices.one(list, article),
    })),
    getting('/3/prices/{list}/{article}/{from}', ({ ids: [list = '', article = '', from] }) => ({
      Price: prices.one(list, article, from),
    })),
    register('pricelists', 'PriceLists', priceLists, ['lastmodified']),
    register('termsofpayments', 'TermsOfPayments', terms, ['lastmodified']),
    // Currencies refuse lastmodified (fortnox.md 5.3).
    register('currencies', 'Currencies', currencies),
    getting('/3/companyinformation', () => ({
      CompanyInformation: {
        Address: 'Storgatan 1',
        City: 'Stockholm',
        CompanyName: 'Sandlådan AB',
        CountryCode: 'SE',
        DatabaseNumber: deps.databaseNumber,
        OrganizationNumber: '556000-0000',
        ZipCode: '111 11',
      },
    })),
  ];
}
