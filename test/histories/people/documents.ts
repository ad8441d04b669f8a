import { type DocumentKind, headFields, reference, rowsOf } from '../faces.ts';
import { KINDS, type RecordFields } from '../fields.ts';
import type { Act, Scene } from './scene.ts';

/** A document that a person made in Fortnox. */
export interface Born {
  readonly at: number;
  readonly kind: DocumentKind;
  readonly number: string;
  /** Made from these orders. */
  readonly orders: readonly string[];
  /** Credits this invoice. */
  readonly credits: string | null;
  /** Its prices include VAT. */
  readonly withVat: boolean;
}

/** Those who keep orders and invoices in Fortnox. */
export function createDocumentPeople(scene: Scene) {
  const { world, chances, values, typed } = scene;
  const { fortnox, settings } = world;
  const heads = headFields(settings);
  const born: Born[] = [];
  const desk = {
    order: { all: () => fortnox.orders(), rows: 'OrderRows', person: fortnox.person.createOrder },
    invoice: { all: () => fortnox.invoices(), rows: 'InvoiceRows', person: fortnox.person.createInvoice },
  } as const;
  const one = (kind: DocumentKind, number: string): RecordFields | null =>
    kind === 'order' ? fortnox.order(number) : fortnox.invoice(number);
  const anyKind = (): DocumentKind =>
    chances.chance(0.75) ? settings.documentMode : chances.one(['order', 'invoice'] as const);
  const nameOf = (kind: DocumentKind, number: string) => `${kind} ${number}`;

  function pick(kind: DocumentKind, fits: (document: RecordFields) => boolean = () => true): RecordFields | null {
    const all: readonly RecordFields[] = desk[kind].all().filter(fits);
    return scene.pick(chances.chance(0.6) ? all.slice(-3) : all);
  }
  const isOpen = (document: RecordFields) => document.Cancelled !== true && document.Booked !== true;

  function someHead(kind: DocumentKind, share: number): Record<string, unknown> {
    const fitting = heads.filter((field) => field.of.includes(kind) && chances.chance(share));
    return Object.fromEntries(
      fitting.map((field) => [field.fortnox, field.kind === 'date' ? values.date() : values.text()]),
    );
  }

  /** Now and then one that the settings do not name. */
  const someCurrency = (): string => (chances.chance(0.1) ? 'USD' : chances.one(settings.documents.currencies).fortnox);

  const quantities = (kind: DocumentKind) => {
    const quantity = String(values.quantity());
    return kind === 'order'
      ? { OrderedQuantity: quantity, DeliveredQuantity: quantity }
      : { DeliveredQuantity: quantity };
  };

  const noQuantity = (kind: DocumentKind) =>
    kind === 'order' ? { OrderedQuantity: '0', DeliveredQuantity: '0' } : { DeliveredQuantity: '0' };

  function newRow(kind: DocumentKind): Record<string, unknown> {
    if (chances.chance(0.1)) return { Description: values.text() };
    const article = chances.chance(0.7) ? scene.pick(fortnox.articles()) : null;
    return {
      ...(article === null ? {} : { ArticleNumber: article.ArticleNumber }),
      Description: values.text(),
      ...quantities(kind),
      Price: values.price(),
      VAT: values.vat(),
      ...(chances.chance(0.3) ? { Unit: 'st' } : {}),
      ...(chances.chance(0.2) ? { Discount: values.discount(), DiscountType: 'PERCENT' } : {}),
      ...(chances.chance(0.1) ? { Project: '1', CostCenter: 'KS' } : {}),
    };
  }

  function made(document: Omit<Born, 'at' | 'withVat'>, fields: Record<string, unknown>): void {
    born.push({ at: world.runtime.now(), ...document, withVat: fields.VATIncluded === true });
    const record = nameOf(document.kind, document.number);
    typed.saved('fortnox', record, fields);
    for (const row of rowsOf(fields, document.kind))
      typed.saved('fortnox', record, row, {}, String(row.Description ?? ''));
    scene.note(`fortnox ${record} new ${JSON.stringify(fields)}`);
  }

  /** For customers of every kind: linked, not linked yet, and of a Type that is not selected. */
  function create(kind: DocumentKind = anyKind()): boolean {
    const customer = scene.pick(scene.customers());
    if (customer === null) return false;
    const rows = Array.from({ length: 1 + chances.below(4) }, () => newRow(kind));
    const fields = {
      CustomerNumber: customer,
      ...someHead(kind, 0.4),
      ...(chances.chance(0.06) ? { VATIncluded: true } : {}),
      ...(chances.chance(0.1) ? { Currency: someCurrency() } : {}),
      ...(chances.chance(0.06) ? { ExternalInvoiceReference1: values.text() } : {}),
      [desk[kind].rows]: rows,
    };
    const number = scene.attempt(`a new ${kind}`, () => desk[kind].person(fields));
    if (number !== null) made({ kind, number, orders: [], credits: null }, fields);
    return true;
  }

  /** Copied with all that stands on it, our reference too (R23); the copy gets texts of its own. */
  function copy(): boolean {
    const kind = anyKind();
    const source = pick(kind);
    if (source === null) return false;
    const rows = rowsOf(source, kind).map((row) => ({
      ...(reference(row.ArticleNumber) === null ? {} : { ArticleNumber: row.ArticleNumber }),
      Description: values.text(),
      ...quantities(kind),
      Price: values.price(),
      VAT: row.VAT,
    }));
    const fields = {
      CustomerNumber: source.CustomerNumber,
      ExternalInvoiceReference1: source.ExternalInvoiceReference1 ?? '',
      [desk[kind].rows]: rows,
    };
    const number = scene.attempt(`a copy of ${kind} ${String(source.DocumentNumber)}`, () => desk[kind].person(fields));
    if (number !== null) made({ kind, number, orders: [], credits: null }, fields);
    return true;
  }

  function save(kind: DocumentKind, number: string, fields: Record<string, unknown>): boolean {
    const { editOrder, editInvoice } = fortnox.person;
    const edit = kind === 'order' ? editOrder : editInvoice;
    const done = scene.attempt(`${kind} ${number}`, () => edit(number, fields) ?? true);
    if (done !== null) scene.note(`fortnox ${kind} ${number} ${JSON.stringify(fields)}`);
    return done !== null;
  }

  function editHead(): boolean {
    const kind = anyKind();
    const document = pick(kind, isOpen);
    if (document === null) return false;
    const fields: Record<string, unknown> = {
      ...someHead(kind, 0.3),
      ...(chances.chance(0.05) ? { Currency: someCurrency() } : {}),
    };
    if (Object.keys(fields).length === 0) return false;
    const number = String(document.DocumentNumber);
    const clears = chances.chance(0.1);
    if (clears) for (const name of Object.keys(fields)) if (!/Date$|^Currency$/.test(name)) fields[name] = '';
    if (save(kind, number, fields)) typed.saved('fortnox', nameOf(kind, number), fields, document);
    return true;
  }

  const rowEdits = (kind: DocumentKind): readonly (() => Record<string, unknown>)[] => [
    () => ({ Description: values.text() }),
    () => ({ Price: values.price() }),
    () => quantities(kind),
    () => ({ Discount: values.discount(), DiscountType: 'PERCENT' }),
    () => ({ VAT: values.vat() }),
    // Of an amount: webCRM knows percents only, so it stays Fortnox's own (R44).
    () => (chances.chance(0.3) ? { Discount: values.discount(), DiscountType: 'AMOUNT' } : { Price: values.price() }),
    () => ({ Unit: values.unit() }),
    // Fortnox may fill the rest of the row anew: what is followed is typed with it.
    () => ({
      ArticleNumber: chances.chance(0.2) ? '' : (scene.pick(fortnox.articles())?.ArticleNumber ?? ''),
      Description: values.text(),
      Price: values.price(),
    }),
    // A row of text gets its price, and a row becomes one of text.
    () => ({ ...quantities(kind), Price: values.price() }),
    () => ({ ArticleNumber: '', ...noQuantity(kind), Price: 0 }),
    // A part delivery: the two quantities part (R43).
    () => (kind === 'order' ? { DeliveredQuantity: String(values.quantity()) } : { Price: values.price() }),
  ];

  /** The whole list as it is, and what the hand does to it. */
  function editRows(change: (rows: Record<string, unknown>[], document: RecordFields, kind: DocumentKind) => boolean) {
    return (): boolean => {
      const kind = anyKind();
      const document = pick(kind, (it) => isOpen(it) && rowsOf(it, kind).length > 0);
      if (document === null) return false;
      const present = rowsOf(document, kind);
      const rows = present.map((row): Record<string, unknown> => ({ RowId: row.RowId }));
      if (!change(rows, document, kind)) return false;
      const number = String(document.DocumentNumber);
      if (!save(kind, number, { [desk[kind].rows]: rows })) return true;
      const record = nameOf(kind, number);
      for (const row of rows) {
        const before = present.find((it) => it.RowId === row.RowId && it.RowId !== undefined);
        typed.saved('fortnox', record, row, before ?? {}, String(row.Description ?? before?.Description ?? ''));
      }
      for (const row of present) {
        if (!rows.some((it) => it.RowId === row.RowId)) typed.removed('fortnox', record, row);
      }
      return true;
    };
  }
  const editRow = editRows((rows, document, kind) => {
    const row = chances.one(rows);
    const present = rowsOf(document, kind).find(({ RowId }) => RowId === row.RowId);
    const edit = chances.one(rowEdits(kind))();
    // Of text Fortnox delivers none: who prices it says how many.
    const priced = edit.Price !== undefined && Number(present?.DeliveredQuantity) === 0;
    Object.assign(row, priced ? quantities(kind) : {}, edit);
    return true;
  });
  const insertRow = editRows((rows, _document, kind) => {
    rows.splice(chances.chance(0.5) ? 0 : chances.below(rows.length + 1), 0, newRow(kind));
    return true;
  });
  const deleteRow = editRows((rows) => {
    if (rows.length < 2) return false;
    rows.splice(chances.below(rows.length), 1);
    return true;
  });
  const reorderRows = editRows((rows) => {
    if (rows.length < 2) return false;
    rows.unshift(...rows.splice(1 + chances.below(rows.length - 1), 1));
    return true;
  });

  function onInvoice(what: string, act: (number: string) => unknown, fits: (it: RecordFields) => boolean): Act {
    return () => {
      const document = pick('invoice', fits);
      if (document === null) return false;
      const number = String(document.DocumentNumber);
      if (scene.attempt(`${what} invoice ${number}`, () => act(number) ?? true) !== null)
        scene.note(`fortnox invoice ${number}: ${what}`);
      return true;
    };
  }
  const book = onInvoice('book', fortnox.person.bookInvoice, isOpen);
  const send = onInvoice('send', fortnox.person.sendInvoice, isOpen);
  const pay = onInvoice('pay', fortnox.person.payInvoice, (it) => it.Cancelled !== true);
  const cancelInvoice = onInvoice('cancel', fortnox.person.cancelInvoice, isOpen);

  function cancelOrder(): boolean {
    const order = pick('order', (it) => isOpen(it) && reference(it.InvoiceReference) === null);
    if (order === null) return false;
    const number = String(order.DocumentNumber);
    if (scene.attempt(`cancel order ${number}`, () => fortnox.person.cancelOrder(number) ?? true) !== null)
      scene.note(`fortnox order ${number}: cancel`);
    return true;
  }

  function credit(): boolean {
    const invoice = pick('invoice', (it) => it.Booked === true && reference(it.CreditInvoiceReference) === null);
    if (invoice === null) return false;
    const credits = String(invoice.DocumentNumber);
    const number = scene.attempt(`credit invoice ${credits}`, () => fortnox.person.creditInvoice(credits));
    if (number !== null) made({ kind: 'invoice', number, orders: [], credits }, { CreditOf: credits });
    return true;
  }

  /** One order, or several of one customer as a collective invoice. */
  function invoiceOrders(): boolean {
    const free = (it: RecordFields) => it.Cancelled !== true && reference(it.InvoiceReference) === null;
    const order = pick('order', free);
    if (order === null) return false;
    const same = fortnox.orders().filter((it) => free(it) && it.CustomerNumber === order.CustomerNumber);
    const orders = (chances.chance(0.5) ? [order] : same.slice(-3)).map((it) => String(it.DocumentNumber));
    const number = scene.attempt(`invoice orders ${orders}`, () => fortnox.person.invoiceOrders(orders));
    if (number !== null) made({ kind: 'invoice', number, orders, credits: null }, { OfOrders: orders });
    return true;
  }

  const selected = () =>
    scene.organisations().filter((one) => Object.hasOwn(KINDS, String(one.OrganisationType))).length;
  const acts: readonly (readonly [number, Act])[] = [
    [8, () => (selected() > 0 || chances.chance(0.3)) && create()],
    [2, copy],
    [6, editHead],
    [9, editRow],
    [4, insertRow],
    [3, deleteRow],
    [2, reorderRows],
    [settings.documentMode === 'order' ? 5 : 1, invoiceOrders],
    [3, book],
    [1.5, send],
    [1.5, pay],
    [1, cancelInvoice],
    [1, cancelOrder],
    [1, credit],
  ];
  return { acts, born, create, editRow, editHead, book, one };
}
