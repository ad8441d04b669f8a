import type { FortnoxSandbox } from './fortnox/index.ts';
import type { WebcrmSandbox } from './webcrm/index.ts';

type Fields = Record<string, unknown>;
/** The id of what was made: a number of Fortnox, an id of webCRM. */
export type Made = { readonly number: string } | { readonly id: number };
type Action = (id: string, body: Fields) => Made | undefined;

/** One kind of record as people see and edit it. All but `list` and `get` raise Error for what the vendor refuses. */
export interface RecordsByHand {
  list(): readonly object[];
  /** null when there is none. */
  get(id: string): object | null;
  create(fields: Fields): Made;
  edit(id: string, fields: Fields): void;
  /** null: people cannot delete this kind. */
  readonly delete: ((id: string) => void) | null;
  readonly actions: Readonly<Record<string, Action>>;
}

export type KindsByHand = Readonly<Record<'fortnox' | 'webcrm', Readonly<Record<string, RecordsByHand>>>>;

function text(body: Fields, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || typeof value === 'string') return value;
  throw new Error(`${name} is not a text`);
}
function number(body: Fields, name: string): number {
  const value = body[name];
  if (typeof value === 'number') return value;
  throw new Error(`${name} is not a number`);
}
function idOf(given: string): number {
  const id = Number(given);
  if (!Number.isSafeInteger(id) || id < 1) throw new Error(`"${given}" is no id of webCRM`);
  return id;
}
const done =
  (act: (id: string) => void): Action =>
  (id) => {
    act(id);
    return undefined;
  };

/** What people can do in both companies, by vendor and kind of record. */
export function kindsByHand(fortnox: FortnoxSandbox, webcrm: WebcrmSandbox): KindsByHand {
  const { person: bookkeeper } = fortnox;
  const { person: seller } = webcrm;
  return {
    fortnox: {
      customers: {
        list: fortnox.customers,
        get: fortnox.customer,
        create: (fields) => ({ number: bookkeeper.createCustomer(fields) }),
        edit: bookkeeper.editCustomer,
        delete: bookkeeper.deleteCustomer,
        actions: {},
      },
      articles: {
        // The single GET shows no price, so the one of the preselected list stands beside it.
        list: () => fortnox.articles().map((row) => ({ ...row, Price: fortnox.priceOf(row.ArticleNumber) })),
        get: (id) => {
          const found = fortnox.article(id);
          return found && { ...found, Price: fortnox.priceOf(id) };
        },
        create: (fields) => ({ number: bookkeeper.createArticle(fields) }),
        edit: bookkeeper.editArticle,
        delete: bookkeeper.deleteArticle,
        actions: {
          price: (id, body) => {
            bookkeeper.setPrice(id, number(body, 'price'), text(body, 'priceList'));
            return undefined;
          },
        },
      },
      orders: {
        list: fortnox.orders,
        get: fortnox.order,
        create: (fields) => ({ number: bookkeeper.createOrder(fields) }),
        edit: bookkeeper.editOrder,
        delete: null,
        actions: {
          cancel: done(bookkeeper.cancelOrder),
          // The order itself comes first; `with` names others of the same customer for one collective invoice.
          invoice: (id, body) => {
            const others = body.with ?? [];
            if (!Array.isArray(others)) throw new Error('with is not a list of numbers');
            return { number: bookkeeper.invoiceOrders([id, ...others.map(String)]) };
          },
        },
      },
      invoices: {
        list: fortnox.invoices,
        get: fortnox.invoice,
        create: (fields) => ({ number: bookkeeper.createInvoice(fields) }),
        edit: bookkeeper.editInvoice,
        delete: null,
        actions: {
          cancel: done(bookkeeper.cancelInvoice),
          book: done(bookkeeper.bookInvoice),
          send: done(bookkeeper.sendInvoice),
          pay: done(bookkeeper.payInvoice),
          credit: (id) => ({ number: bookkeeper.creditInvoice(id) }),
        },
      },
    },
    webcrm: {
      organisations: {
        list: webcrm.organisations,
        get: (id) => webcrm.organisation(idOf(id)),
        create: (fields) => ({ id: seller.createOrganisation(fields) }),
        edit: (id, fields) => seller.editOrganisation(idOf(id), fields),
        delete: (id) => seller.deleteOrganisation(idOf(id)),
        actions: {},
      },
      deliveries: {
        list: webcrm.deliveries,
        get: (id) => webcrm.delivery(idOf(id)),
        create: (fields) => ({ id: seller.createDelivery(fields) }),
        edit: (id, fields) => seller.editDelivery(idOf(id), fields),
        delete: (id) => seller.deleteDelivery(idOf(id)),
        actions: {
          move: (id, body) => {
            seller.moveDelivery(idOf(id), number(body, 'organisationId'));
            return undefined;
          },
        },
      },
      lines: {
        list: () => webcrm.deliveries().flatMap(({ DeliveryId }) => webcrm.lines(DeliveryId)),
        get: (id) => webcrm.line(idOf(id)),
        create: ({ QuotationLineOpportunityId: deliveryId, ...fields }) => ({
          id: seller.createLine(number({ deliveryId }, 'deliveryId'), fields),
        }),
        edit: (id, fields) => seller.editLine(idOf(id), fields),
        delete: (id) => seller.deleteLine(idOf(id)),
        actions: {},
      },
      items: {
        list: webcrm.items,
        get: (id) => webcrm.item(idOf(id)),
        create: (fields) => ({ id: seller.createItem(fields) }),
        edit: (id, fields) => seller.editItem(idOf(id), fields),
        delete: (id) => seller.deleteItem(idOf(id)),
        actions: {},
      },
    },
  };
}
