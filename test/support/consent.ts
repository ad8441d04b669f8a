import type { SandboxVendor } from '../../src/sandbox/chassis.ts';
import { FORTNOX_URL } from './service-options.ts';

/**
 * What a person's browser does at Fortnox's page for consent; gives the path at the service that it is led back to. Raises what the
 * page says when it does not ask.
 */
export function consentAt(fortnox: Pick<SandboxVendor, 'handle'>, url: string, decision: 'approve' | 'deny'): string {
  const page = { url: url.slice(FORTNOX_URL.length), headers: {} };
  const shown = fortnox.handle({ ...page, method: 'GET', body: '' });
  if (shown.status !== 200) throw new Error(shown.body);
  const { headers } = fortnox.handle({ ...page, method: 'POST', body: `decision=${decision}` });
  const back = new URL(headers.location ?? '');
  return `${back.pathname}${back.search}`;
}
