import { PRIORITY, type Priority } from '../../../schemas/records.ts';
import { SyncError } from '../../errors/sync-error.ts';
import type { Gate } from '../gate.ts';
import { type Call, field, type Send } from '../http.ts';
import { type FortnoxCalls, requestOf, unreadable } from './calls.ts';
import type { FortnoxClient } from './types.ts';

const PATH = '/3/companyinformation';
const COMPANY = 'CompanyInformation';
const DATABASE = 'DatabaseNumber';

const companyCall = (priority: Priority): Call => ({ method: 'GET', path: PATH, route: PATH, priority });

function databaseNumberOf(company: unknown): string | null {
  const number = field(company, 'DatabaseNumber');
  return typeof number === 'number' || typeof number === 'string' ? String(number) : null;
}

/** The DatabaseNumber of the company that an access token is for, asked before the token is kept. */
export async function companyOf(
  { apiUrl, send }: { readonly apiUrl: string; readonly send: Send },
  gate: Gate,
  accessToken: string,
): Promise<string> {
  const call = companyCall(PRIORITY.notification);
  const { status, json } = await gate.run(call.priority, () => send(requestOf(apiUrl, call, accessToken)));
  const number = databaseNumberOf(field(json, COMPANY));
  if (status === 200 && number !== null) return number;
  throw new SyncError(
    'licence-missing',
    'Fortnox gave a token but does not tell its company: see that the company has the integration licence, then begin again.',
  );
}

/** What a company is called and the codes that it has; promises stand in types.ts. */
export function createCompany(
  calls: FortnoxCalls,
): Pick<FortnoxClient, 'companyInformation' | 'termsOfPayment' | 'currencies'> {
  const codes =
    (path: string, key: string): FortnoxClient['currencies'] =>
    async (priority) => {
      const found: string[] = [];
      await calls.pages<{ Code: unknown }>({ path, key, numberField: 'Code', query: {} }, priority, async (rows) => {
        for (const row of rows) found.push(String(row.Code));
      });
      return found;
    };

  return {
    async companyInformation(priority) {
      const company = await calls.obtain<object>(companyCall(priority), {
        key: COMPANY,
        numberField: DATABASE,
        number: null,
      });
      const databaseNumber = databaseNumberOf(company);
      if (databaseNumber === null) throw unreadable(PATH);
      return { databaseNumber, name: String(field(company, 'CompanyName') ?? '') };
    },
    termsOfPayment: codes('/3/termsofpayments', 'TermsOfPayments'),
    currencies: codes('/3/currencies', 'Currencies'),
  };
}
