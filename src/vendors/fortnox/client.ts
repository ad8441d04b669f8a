import type { Gate } from '../gate.ts';
import type { Send } from '../http.ts';
import type { MayWrite } from '../writes.ts';
import { createArticles } from './articles.ts';
import type { FortnoxAuth } from './auth.ts';
import { createFortnoxCalls } from './calls.ts';
import { createCompany } from './company.ts';
import { createCustomers } from './customers.ts';
import { createDocuments } from './documents.ts';
import type { FortnoxClient } from './types.ts';

/** The typed client of one tenant's Fortnox company. Every call goes through the gate; errors as in `errors.ts`. */
export function createFortnoxClient(deps: {
  apiUrl: string;
  send: Send;
  auth: FortnoxAuth;
  gate: () => Gate;
  mayWrite?: MayWrite | undefined;
}): FortnoxClient {
  const calls = createFortnoxCalls(deps);
  return { ...createCustomers(calls), ...createArticles(calls), ...createDocuments(calls), ...createCompany(calls) };
}
