import type { SandboxRequest, SandboxResponse } from '../chassis.ts';
import type { Company } from './company.ts';
import { CURRENCIES, TERMS_OF_PAYMENT } from './fields.ts';
import { listCustomers, pageOf } from './list.ts';
import { answer, Refusal } from './refusal.ts';
import type { FortnoxSwitches } from './switches.ts';
import { TENANT_ID } from './tokens.ts';
import { customerOf } from './validate.ts';

export interface CustomerWrite {
  readonly at: number;
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly number: string;
  /** The fields as they were sent; null for DELETE. */
  readonly body: Record<string, unknown> | null;
}
export interface Route {
  readonly method: string;
  readonly pattern: string;
  readonly match: RegExp;
  /** Why the integration must never make this call. */
  readonly forbidden?: string;
  answer(call: { request: SandboxRequest; query: URLSearchParams; id: string }): SandboxResponse;
}

/** The addresses under /3 that this company answers. */
export function createRoutes(deps: {
  company: Company;
  switches: FortnoxSwitches;
  wrote: (method: CustomerWrite['method'], number: string, body: CustomerWrite['body']) => void;
}): Route[] {
  const { company, switches, wrote } = deps;

  function fieldsOf(request: SandboxRequest): Record<string, unknown> {
    if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
      throw new Refusal(400, 1000031, 'Ogiltig Content-Type.');
    return customerOf(request.body);
  }
  const list = (path: string, key: string, rows: readonly unknown[]): Route => ({
    method: 'GET',
    pattern: `/3/${path}`,
    match: new RegExp(`^/3/${path}$`),
    answer: ({ query }) => answer(200, pageOf(rows, key, query)),
  });
  const terms = TERMS_OF_PAYMENT.map((Code) => ({ Code, Description: /^\d+$/.test(Code) ? `${Code} dagar` : Code }));
  const currencies = CURRENCIES.map((Code) => ({ Code, Description: Code, BuyRate: 1, SellRate: 1, Unit: 1 }));
  const one = { pattern: '/3/customers/{id}', match: /^\/3\/customers\/([^/]+)$/ };
  const all = { pattern: '/3/customers', match: /^\/3\/customers$/ };

  return [
    { method: 'GET', ...all, answer: ({ query }) => answer(200, listCustomers(company, query, switches)) },
    {
      method: 'POST',
      ...all,
      answer({ request }) {
        const fields = fieldsOf(request);
        const Customer = company.create(fields, 'api');
        wrote('POST', Customer.CustomerNumber, fields);
        return answer(201, { Customer });
      },
    },
    { method: 'GET', ...one, answer: ({ id }) => answer(200, { Customer: company.get(id) }) },
    {
      method: 'PUT',
      ...one,
      answer({ request, id }) {
        const fields = fieldsOf(request);
        const Customer = company.edit(id, fields, 'api');
        wrote('PUT', id, fields);
        return answer(200, { Customer });
      },
    },
    {
      method: 'DELETE',
      ...one,
      forbidden: 'The integration deletes no customers',
      answer({ id }) {
        company.delete(id, 'api');
        wrote('DELETE', id, null);
        return answer(204, null);
      },
    },
    {
      method: 'GET',
      pattern: '/3/companyinformation',
      match: /^\/3\/companyinformation$/,
      answer: () =>
        answer(200, {
          CompanyInformation: {
            Address: 'Storgatan 1',
            City: 'Stockholm',
            CompanyName: 'Sandlådan AB',
            CountryCode: 'SE',
            DatabaseNumber: TENANT_ID,
            OrganizationNumber: '556000-0000',
            ZipCode: '111 11',
          },
        }),
    },
    list('termsofpayments', 'TermsOfPayments', terms),
    list('currencies', 'Currencies', currencies),
    list('orders', 'Orders', []),
    list('invoices', 'Invoices', []),
  ];
}

/** Why a call on documents must never come from the integration; undefined when it may (all of these but reading). */
export function forbiddenCall(method: string, path: string): string | undefined {
  const action = /^\/3\/(?:orders|invoices)\/[^/]+\/([a-z]+)$/.exec(path)?.[1];
  return action !== undefined ? `The integration never calls ${method} ${action} on a document` : undefined;
}
