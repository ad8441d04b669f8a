import { ARTICLE_FIELDS } from './article-fields.ts';
import type { Articles } from './articles.ts';
import type { Company } from './company.ts';
import type { createDocumentActions } from './document-actions.ts';
import { DOCUMENT_FIELDS, type DocumentKind } from './document-fields.ts';
import type { Documents } from './documents.ts';
import { CUSTOMER_FIELDS } from './fields.ts';
import { ROW_FIELDS, ROWS_FIELD } from './row-fields.ts';
import type { FieldRules } from './rules.ts';
import { API_BLANK } from './validate.ts';

type Fields = Record<string, unknown>;

/** What people do in Fortnox's own screens: no token, no limit, but events. All raise Error on what Fortnox refuses. */
export interface FortnoxPerson {
  createCustomer(fields: Fields): string;
  editCustomer(number: string, fields: Fields): void;
  deleteCustomer(number: string): void;
  createArticle(fields: Fields): string;
  editArticle(number: string, fields: Fields): void;
  deleteArticle(number: string): void;
  /** In the list A unless another is named. Raises no event (R60). */
  setPrice(article: string, price: number, priceList?: string): void;
  createOrder(fields: Fields): string;
  /** OrderRows, when given, are the whole new list: rows with RowId stay themselves, the others are new. */
  editOrder(number: string, fields: Fields): void;
  cancelOrder(number: string): void;
  createInvoice(fields: Fields): string;
  /** InvoiceRows as OrderRows of `editOrder`. */
  editInvoice(number: string, fields: Fields): void;
  cancelInvoice(number: string): void;
  bookInvoice(number: string): void;
  /** The number of the credit invoice. */
  creditInvoice(number: string): string;
  sendInvoice(number: string): void;
  payInvoice(number: string): void;
  /** Makes one invoice from one order, or from several of one customer; its number. */
  invoiceOrders(numbers: readonly string[]): string;
}

/** A screen empties a field where the API needs a word, and takes a number however it is typed. */
function typed(fields: Fields, rules: FieldRules): Fields {
  const asTyped = ([name, value]: [string, unknown]): [string, unknown] => {
    const type = rules[name]?.type;
    if (value === '') return [name, API_BLANK];
    if (type === 'quantity' && typeof value === 'number') return [name, String(value)];
    if ((type === 'number' || type === 'integer') && typeof value === 'string' && value !== API_BLANK)
      return [name, Number(value)];
    return [name, value];
  };
  return Object.fromEntries(Object.entries(fields).map(asTyped));
}

/** The screens of one company. */
export function createPeople(deps: {
  company: Company;
  articles: Articles;
  documents: Documents;
  actions: ReturnType<typeof createDocumentActions>;
}): FortnoxPerson {
  const { company, articles, documents, actions } = deps;
  const document = (kind: DocumentKind, fields: Fields): Fields => {
    const { [ROWS_FIELD[kind]]: rows, ...head } = fields;
    const given = Array.isArray(rows) ? { [ROWS_FIELD[kind]]: rows.map((row) => typed(row, ROW_FIELDS[kind])) } : {};
    return { ...typed(head, DOCUMENT_FIELDS[kind]), ...given };
  };
  const creating = (kind: DocumentKind) => (fields: Fields) =>
    documents.create(kind, document(kind, fields), 'person').DocumentNumber;
  const editing = (kind: DocumentKind) => (number: string, fields: Fields) =>
    void documents.edit(kind, number, document(kind, fields), 'person');

  return {
    createCustomer: (fields) => company.create(fields, 'person').CustomerNumber,
    editCustomer: (number, fields) => void company.edit(number, typed(fields, CUSTOMER_FIELDS), 'person'),
    deleteCustomer: (number) => company.delete(number, 'person'),
    createArticle: (fields) => articles.create(typed(fields, ARTICLE_FIELDS), 'person').ArticleNumber,
    editArticle: (number, fields) => articles.edit(number, typed(fields, ARTICLE_FIELDS), 'person'),
    deleteArticle: (number) => articles.delete(number, 'person'),
    setPrice: articles.setPrice,
    createOrder: creating('order'),
    editOrder: editing('order'),
    cancelOrder: actions.cancelOrder,
    createInvoice: creating('invoice'),
    editInvoice: editing('invoice'),
    cancelInvoice: actions.cancelInvoice,
    bookInvoice: actions.bookInvoice,
    creditInvoice: actions.creditInvoice,
    sendInvoice: actions.sendInvoice,
    payInvoice: actions.payInvoice,
    invoiceOrders: actions.invoiceOrders,
  };
}
