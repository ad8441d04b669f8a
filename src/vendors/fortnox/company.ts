import { field } from '../http.ts';
import { type FortnoxCalls, unreadable } from './calls.ts';
import type { FortnoxClient } from './types.ts';

/** What a company is called and the codes that it has; promises stand in types.ts. */
export function createCompany(
  calls: FortnoxCalls,
): Pick<FortnoxClient, 'companyInformation' | 'termsOfPayment' | 'currencies'> {
  const codes =
    (path: string, key: string): FortnoxClient['currencies'] =>
    async (priority) => {
      const found: string[] = [];
      await calls.pages<{ Code: unknown }>({ path, key, query: {} }, priority, async (rows) => {
        for (const row of rows) found.push(String(row.Code));
      });
      return found;
    };

  return {
    async companyInformation(priority) {
      const path = '/3/companyinformation';
      const company = await calls.obtain<object>({ method: 'GET', path, route: path, priority }, 'CompanyInformation');
      const databaseNumber = field(company, 'DatabaseNumber');
      if (typeof databaseNumber !== 'number' && typeof databaseNumber !== 'string') throw unreadable(path);
      return { databaseNumber: String(databaseNumber), name: String(field(company, 'CompanyName') ?? '') };
    },
    termsOfPayment: codes('/3/termsofpayments', 'TermsOfPayments'),
    currencies: codes('/3/currencies', 'Currencies'),
  };
}
