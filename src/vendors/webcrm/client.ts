import type { Send } from '../http.ts';
import type { MayWrite } from '../writes.ts';
import type { WebcrmAuth } from './auth.ts';
import { createWebcrmCalls } from './calls.ts';
import { createDeliveries } from './deliveries.ts';
import { createFields } from './fields.ts';
import { createHooks } from './hooks.ts';
import { createLines } from './lines.ts';
import { createOrganisations } from './organisations.ts';
import { createRegister } from './register.ts';
import type { WebcrmClient } from './types.ts';

/** The typed client of one tenant's webCRM system. Every call goes through the token's gate; errors as in `errors.ts`. */
export function createWebcrmClient(deps: {
  apiUrl: string;
  send: Send;
  auth: WebcrmAuth;
  mayWrite?: MayWrite | undefined;
}): WebcrmClient {
  const calls = createWebcrmCalls(deps);
  return {
    ...createOrganisations(calls),
    ...createDeliveries(calls),
    ...createLines(calls),
    ...createRegister(calls),
    ...createHooks(calls),
    ...createFields(calls),
  };
}
