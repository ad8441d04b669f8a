import { clone } from '../common/clone.ts';
import { COUNTRY_NAMES, CUSTOMER_FIELDS } from './fields.ts';
import { Refusal } from './refusal.ts';
import type { FortnoxSwitches } from './switches.ts';
import { API_BLANK, countryName, effectOf, validateFields } from './validate.ts';

/** A customer as the single GET answers it. */
export interface FortnoxCustomerRecord {
  CustomerNumber: string;
  Name: string;
  [field: string]: unknown;
}
export type Actor = 'person' | 'api';

const DEFAULTS: Readonly<Record<string, unknown>> = {
  Active: true,
  CountryCode: 'SE',
  Currency: 'SEK',
  DefaultDeliveryTypes: { Invoice: 'PRINT', Offer: 'PRINT', Order: 'PRINT' },
  DefaultTemplates: {
    CashInvoice: 'DEFAULTTEMPLATE',
    Invoice: 'DEFAULTTEMPLATE',
    Offer: 'DEFAULTTEMPLATE',
    Order: 'DEFAULTTEMPLATE',
  },
  InvoiceDiscount: null,
  PriceList: 'A',
  ShowPriceVATIncluded: false,
  TermsOfPayment: '30',
  Type: 'COMPANY',
  VATType: 'SEVAT',
};

const missing = (number: string, race: boolean) =>
  new Refusal(404, 2000433, `Kan inte hitta kunden. (${number})`, race);

/** The customers of one company. Every method raises Refusal for what Fortnox would not do. */
export function createCompany(deps: {
  now: () => number;
  switches: FortnoxSwitches;
  changed: (number: string, change: 'created' | 'updated' | 'deleted', actor: Actor) => void;
}) {
  const { now, switches, changed } = deps;
  const records = new Map<string, { fields: FortnoxCustomerRecord; modifiedAt: number }>();
  /** A number stays reserved when its customer is deleted. */
  const used = new Set<string>();
  let next = 1;

  function numberFromSeries(): string {
    while (used.has(String(next))) next += 1;
    return String(next);
  }

  function apply(target: FortnoxCustomerRecord, fields: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(fields)) {
      const effect = effectOf(value, switches.jsonNull === 'clears');
      if (effect === 'leaves') continue;
      const clears = effect === 'clears';
      if (clears && (name === 'Name' || name === 'CustomerNumber'))
        throw new Refusal(400, 2000588, `${name} får inte vara tomt.`);
      if (!clears) target[name] = clone(value);
      else target[name] = CUSTOMER_FIELDS[name]?.type === 'string' ? '' : clone(DEFAULTS[name]);
    }
    for (const [code, name] of Object.entries(COUNTRY_NAMES)) target[name] = countryName(String(target[code]));
    target['@url'] = `https://api.fortnox.se/3/customers/${encodeURIComponent(target.CustomerNumber)}`;
  }

  function view(fields: FortnoxCustomerRecord): FortnoxCustomerRecord {
    const copy = clone(fields);
    if (switches.nullsForEmpty) for (const [name, value] of Object.entries(copy)) if (value === '') copy[name] = null;
    return copy;
  }

  function find(number: string) {
    const found = records.get(number);
    if (!found) throw missing(number, used.has(number));
    return found;
  }

  return {
    create(fields: Record<string, unknown>, actor: Actor): FortnoxCustomerRecord {
      validateFields(CUSTOMER_FIELDS, fields);
      if (typeof fields.Name !== 'string' || fields.Name.trim() === '' || fields.Name === API_BLANK)
        throw new Refusal(400, 2000588, 'Kundnamn måste anges.');
      const given = typeof fields.CustomerNumber === 'string' ? fields.CustomerNumber : '';
      const number = given === '' ? numberFromSeries() : given;
      if (used.has(number)) throw new Refusal(400, 2000637, `Kundnummer "${number}" används redan.`, true);
      const empty = Object.entries(CUSTOMER_FIELDS).map(([name, rule]) => [name, rule.type === 'string' ? '' : null]);
      const record: FortnoxCustomerRecord = {
        ...Object.fromEntries(empty),
        ...clone(DEFAULTS),
        CustomerNumber: number,
        Name: fields.Name,
      };
      apply(record, fields);
      used.add(number);
      records.set(number, { fields: record, modifiedAt: now() });
      changed(number, 'created', actor);
      return view(record);
    },
    edit(number: string, fields: Record<string, unknown>, actor: Actor): FortnoxCustomerRecord {
      const found = find(number);
      validateFields(CUSTOMER_FIELDS, fields);
      const wanted = fields.CustomerNumber;
      const renamed = typeof wanted === 'string' && wanted !== '' && wanted !== number;
      if (renamed && switches.numberChange === 'refused')
        throw new Refusal(400, 2000588, 'Kundnummer kan inte ändras.');
      if (renamed && used.has(wanted)) throw new Refusal(400, 2000637, `Kundnummer "${wanted}" används redan.`);
      const edited = clone(found.fields);
      apply(edited, fields);
      if (renamed) {
        records.delete(number);
        used.add(wanted);
      }
      records.set(edited.CustomerNumber, { fields: edited, modifiedAt: now() });
      changed(edited.CustomerNumber, 'updated', actor);
      return view(edited);
    },
    delete(number: string, actor: Actor): void {
      find(number);
      records.delete(number);
      changed(number, 'deleted', actor);
    },
    get: (number: string): FortnoxCustomerRecord => view(find(number).fields),
    list: () => [...records.values()].map(({ fields, modifiedAt }) => ({ fields: view(fields), modifiedAt })),
    has: (number: string): boolean => records.has(number),
    /** Whether there was one by this number, deleted or not. */
    hadOnce: (number: string): boolean => used.has(number),
    reset(): void {
      records.clear();
      used.clear();
      next = 1;
    },
  };
}
export type Company = ReturnType<typeof createCompany>;
