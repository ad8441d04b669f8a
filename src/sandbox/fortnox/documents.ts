import { clone } from '../common/clone.ts';
import { localDate } from './calendar.ts';
import type { Actor, Company } from './company.ts';
import type { DocumentKind } from './document-fields.ts';
import {
  applyHead,
  checkHead,
  emptyHead,
  type FortnoxDocumentRecord,
  reckon,
  rowsOf,
  takeCustomer,
} from './document-head.ts';
import { lockOn } from './locks.ts';
import { Refusal } from './refusal.ts';
import { type FortnoxRowRecord, ROWS_FIELD } from './row-fields.ts';
import type { RowSurroundings, Rows } from './rows.ts';
import type { FortnoxSwitches } from './switches.ts';

/** A write of the API that came too late: the document had changed since the API saw it. */
export interface LostRace {
  readonly at: number;
  readonly kind: DocumentKind;
  readonly number: string;
  readonly why: string;
}
interface Stored {
  fields: FortnoxDocumentRecord;
  modifiedAt: number;
  /** As the API last read or wrote it; null when it never did. */
  seen: FortnoxDocumentRecord | null;
  /** Rows that came from orders are locked, whatever OrderReference shows. */
  fromOrders: boolean;
}
type Body = Record<string, unknown>;

/** Customers of the other kinds pay no VAT here. */
const WITH_VAT = ['SEVAT', 'EUVAT'];

const MISSING = { order: [2000439, 'ordern'], invoice: [2000434, 'fakturan'] } as const;

/** The orders and invoices of one company. Every method raises Refusal for what Fortnox would not do. */
export function createDocuments(deps: {
  now: () => number;
  switches: FortnoxSwitches;
  company: Company;
  rows: Rows;
  accountingMethod: () => string;
  changed: (kind: DocumentKind, number: string, change: 'created' | 'updated' | 'cancelled', actor: Actor) => void;
  lostRace: (race: LostRace) => void;
}) {
  const { now, switches, company, rows, changed } = deps;
  const stores = { order: new Map<string, Stored>(), invoice: new Map<string, Stored>() };
  const next = { order: 1, invoice: 1 };

  function find(kind: DocumentKind, number: string): Stored {
    const found = stores[kind].get(number);
    const [code, name] = MISSING[kind];
    if (!found) throw new Refusal(404, code, `Kan inte hitta ${name}. (${number})`);
    return found;
  }
  function numberOf(kind: DocumentKind, given: unknown): string {
    if (typeof given === 'string' && given !== '') {
      if (stores[kind].has(given)) throw new Refusal(400, 2000588, `Dokumentnummer "${given}" används redan.`, true);
      return given;
    }
    while (stores[kind].has(String(next[kind]))) next[kind] += 1;
    return String(next[kind]);
  }
  function customerFor(number: unknown) {
    if (typeof number !== 'string' || number === '') throw new Refusal(400, 2000588, 'Kundnummer måste anges.');
    if (!company.has(number))
      throw new Refusal(400, 2000433, `Kan inte hitta kunden. (${number})`, company.hadOnce(number));
    return company.get(number);
  }
  function view(fields: FortnoxDocumentRecord): FortnoxDocumentRecord {
    const copy = clone(fields);
    if (!switches.nullsForEmpty) return copy;
    for (const record of [copy, ...(copy.OrderRows ?? []), ...(copy.InvoiceRows ?? [])])
      for (const [name, value] of Object.entries(record))
        if (value === '') (record as Record<string, unknown>)[name] = null;
    return copy;
  }
  const around = (kind: DocumentKind, fields: FortnoxDocumentRecord): RowSurroundings => ({
    kind,
    priceList: String(fields.PriceList),
    vatIncluded: fields.VATIncluded === true,
    bearsVat:
      !company.has(fields.CustomerNumber) || WITH_VAT.includes(String(company.get(fields.CustomerNumber).VATType)),
  });
  const rowsIn = (kind: DocumentKind, body: Body): Body[] | null =>
    Array.isArray(body[ROWS_FIELD[kind]]) ? (body[ROWS_FIELD[kind]] as Body[]) : null;

  function refuseFrozen(kind: DocumentKind, stored: Stored, rowsByApi: boolean, actor: Actor): void {
    const { fields, seen, fromOrders } = stored;
    const locked = { ...fields, ...(fromOrders ? { OrderReference: 'locked' } : {}) };
    const why = lockOn(kind, locked, rowsByApi, switches);
    if (why === null) return;
    const race = seen !== null && lockOn(kind, seen, rowsByApi, switches) === null;
    refuseLate(kind, fields.DocumentNumber, why, race && actor === 'api');
  }
  function refuseStale(kind: DocumentKind, stored: Stored, sent: readonly Body[], actor: Actor): void {
    const has = (document: FortnoxDocumentRecord, id: unknown) =>
      rowsOf(document, kind).some(({ RowId }) => RowId === id);
    const ids = sent.map(({ RowId }) => RowId).filter((id) => id !== undefined && id !== null);
    const stale = ids.find((id) => !has(stored.fields, id));
    if (stale === undefined) return;
    const { seen } = stored;
    const race = actor === 'api' && seen !== null && ids.every((id) => has(seen, id));
    refuseLate(kind, stored.fields.DocumentNumber, `Raden finns inte: ${String(stale)}`, race);
  }
  function refuseLate(kind: DocumentKind, number: string, why: string, race: boolean): never {
    if (race) deps.lostRace({ at: now(), kind, number, why });
    throw new Refusal(400, 2000588, why, race);
  }
  function keep(kind: DocumentKind, stored: Stored, actor: Actor): FortnoxDocumentRecord {
    reckon(kind, stored.fields);
    stored.modifiedAt = now();
    stores[kind].set(stored.fields.DocumentNumber, stored);
    if (actor === 'api') stored.seen = clone(stored.fields);
    return view(stored.fields);
  }

  return {
    create(kind: DocumentKind, body: Body, actor: Actor): FortnoxDocumentRecord {
      checkHead(kind, body, switches);
      const customer = customerFor(body.CustomerNumber);
      const fields = emptyHead(kind, numberOf(kind, body.DocumentNumber), localDate(now()));
      takeCustomer(fields, customer);
      if (kind === 'invoice') fields.AccountingMethod = deps.accountingMethod();
      applyHead(kind, fields, body, switches);
      fields[ROWS_FIELD[kind]] = rows.changed([], rowsIn(kind, body) ?? [], 'by-body', around(kind, fields));
      const answered = keep(kind, { fields, modifiedAt: now(), seen: null, fromOrders: false }, actor);
      changed(kind, fields.DocumentNumber, 'created', actor);
      return answered;
    },
    edit(kind: DocumentKind, number: string, body: Body, actor: Actor): FortnoxDocumentRecord {
      const stored = find(kind, number);
      checkHead(kind, body, switches);
      const sent = rowsIn(kind, body);
      refuseFrozen(kind, stored, sent !== null && actor === 'api', actor);
      if (typeof body.DocumentNumber === 'string' && body.DocumentNumber !== '' && body.DocumentNumber !== number)
        throw new Refusal(400, 2000588, 'Dokumentnummer kan inte ändras.');
      const fields = clone(stored.fields);
      const { CustomerNumber } = body;
      if (typeof CustomerNumber === 'string' && CustomerNumber !== '' && CustomerNumber !== fields.CustomerNumber)
        takeCustomer(fields, customerFor(CustomerNumber));
      applyHead(kind, fields, body, switches);
      const old = rowsOf(fields, kind);
      if (sent !== null) refuseStale(kind, stored, sent, actor);
      const mode = actor === 'person' ? 'by-id' : 'by-body';
      fields[ROWS_FIELD[kind]] =
        sent === null ? rows.renewed(old, around(kind, fields)) : rows.changed(old, sent, mode, around(kind, fields));
      stored.fields = fields;
      const answered = keep(kind, stored, actor);
      changed(kind, number, 'updated', actor);
      return answered;
    },
    /** What the single GET answers; the API has seen it then. */
    read(kind: DocumentKind, number: string): FortnoxDocumentRecord {
      const stored = find(kind, number);
      stored.seen = clone(stored.fields);
      return view(stored.fields);
    },
    get: (kind: DocumentKind, number: string): FortnoxDocumentRecord => view(find(kind, number).fields),
    has: (kind: DocumentKind, number: string): boolean => stores[kind].has(number),
    list: (kind: DocumentKind) =>
      [...stores[kind].values()].map(({ fields, modifiedAt }) => ({ fields: view(fields), modifiedAt })),

    /** For actions of people: the fields as they are stored, without nulls for empty ones. */
    peek: (kind: DocumentKind, number: string): FortnoxDocumentRecord => clone(find(kind, number).fields),
    /** For actions of people: sets fields that no write may touch. Raises no event. */
    set(kind: DocumentKind, number: string, fields: Body): void {
      const stored = find(kind, number);
      Object.assign(stored.fields, clone(fields));
      keep(kind, stored, 'person');
    },
    /** For actions of people: a document that was made from others, with rows of its own. Raises no event. */
    add(
      kind: DocumentKind,
      from: Body & { CustomerNumber: string },
      made: readonly FortnoxRowRecord[],
      fromOrders: boolean,
    ): string {
      const number = numberOf(kind, undefined);
      const head = { ...emptyHead(kind, number, localDate(now())), AccountingMethod: deps.accountingMethod() };
      const fields: FortnoxDocumentRecord = { ...head, ...clone(from) };
      applyHead(kind, fields, {}, switches);
      fields[ROWS_FIELD[kind]] = rows.renewed(made, around(kind, fields));
      keep(kind, { fields, modifiedAt: now(), seen: null, fromOrders }, 'person');
      return number;
    },
    reset(): void {
      for (const store of Object.values(stores)) store.clear();
      Object.assign(next, { order: 1, invoice: 1 });
    },
  };
}
export type Documents = ReturnType<typeof createDocuments>;
