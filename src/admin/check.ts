import type { Tenant } from '../../schemas/records.ts';
import { PRIORITY } from '../../schemas/records.ts';
import { isSyncError } from '../errors/sync-error.ts';
import type { Connections } from '../vendors/connections-types.ts';
import type { Vault } from '../vendors/vault.ts';
import { checkCodes, checkCustomFields, checkTypes } from './check-settings.ts';

export interface CheckItem {
  name: string;
  ok: boolean;
  message: string;
  remedy: string | null;
}
export interface CheckResult {
  ok: boolean;
  items: CheckItem[];
}
export interface CheckDeps {
  vault: Vault;
  connections: Connections;
  /** Stores the company's number; false when another tenant has it (R26). */
  claimCompany(tenantId: string, databaseNumber: string): Promise<boolean>;
}

export const passed = (name: string, message: string): CheckItem => ({ name, ok: true, message, remedy: null });
export const failed = (name: string, message: string, remedy: string): CheckItem => ({
  name,
  ok: false,
  message,
  remedy,
});

/** Tries everything that the connection needs (S3). Each fault is an item of its own, with its remedy; it raises nothing of a vendor's. */
export async function checkConnection(deps: CheckDeps, tenant: Tenant): Promise<CheckResult> {
  const [webcrm, fortnox] = await Promise.all([checkWebcrm(deps, tenant), checkFortnox(deps, tenant)]);
  const items = [...webcrm, ...fortnox];
  return { ok: items.every((item) => item.ok), items };
}

async function checkWebcrm({ vault, connections }: CheckDeps, tenant: Tenant): Promise<CheckItem[]> {
  const name = 'webcrm-credentials';
  if (!(await isStored(vault, tenant.id, 'webcrm-token'))) {
    return [
      failed(
        name,
        'No webCRM application token is stored.',
        'Make one in webCRM under Configuration > Integration > API > REST and store it here.',
      ),
    ];
  }
  const { webcrm } = connections.of(tenant.id);
  const answer = await attempt(() => webcrm.organisationFields(PRIORITY.notification));
  if (!answer.ok) return [refusal(name, 'webCRM', answer.error)];
  const fields = answer.value;
  const hooks = await attempt(() => webcrm.listHooks(PRIORITY.notification));
  return [
    passed(name, 'webCRM accepts the application token.'),
    hooks.ok
      ? passed('webcrm-hooks', 'Change notifications can be registered.')
      : refusal('webcrm-hooks', 'webCRM', hooks.error),
    ...checkCustomFields(tenant.settings, fields),
    ...checkTypes(tenant.settings, fields),
  ];
}

async function checkFortnox(deps: CheckDeps, tenant: Tenant): Promise<CheckItem[]> {
  const name = 'fortnox-credentials';
  if (!(await isStored(deps.vault, tenant.id, 'fortnox-tokens'))) {
    return [
      failed(
        name,
        'Fortnox is not connected.',
        'Let the company approve the integration in Fortnox and store the grant here.',
      ),
    ];
  }
  const { fortnox } = deps.connections.of(tenant.id);
  const company = await attempt(() => fortnox.companyInformation(PRIORITY.notification));
  if (!company.ok) return [refusal(name, 'Fortnox', company.error)];
  const items = [passed(name, `Fortnox accepts the connection to ${company.value.name}.`)];

  const free = await deps.claimCompany(tenant.id, company.value.databaseNumber);
  items.push(
    free
      ? passed('fortnox-company', `The company has database number ${company.value.databaseNumber}.`)
      : failed(
          'fortnox-company',
          'Another tenant is connected to this Fortnox company already.',
          'Connect another company, or use the other tenant: one company belongs to one tenant.',
        ),
  );
  const { documentMode } = tenant.settings;
  const [documents, terms, currencies] = await Promise.all([
    attempt(() => fortnox.probeDocuments(documentMode, PRIORITY.notification)),
    attempt(() => fortnox.termsOfPayment(PRIORITY.notification)),
    attempt(() => fortnox.currencies(PRIORITY.notification)),
  ]);
  items.push(
    documents.ok
      ? passed('fortnox-licence', `The company may use ${documentMode}s through the integration.`)
      : refusal('fortnox-licence', 'Fortnox', documents.error),
    terms.ok
      ? checkCodes('fortnox-terms-of-payment', 'terms of payment', tenant.settings.termsOfPayment, terms.value)
      : refusal('fortnox-terms-of-payment', 'Fortnox', terms.error),
    currencies.ok
      ? checkCodes('fortnox-currencies', 'currency', tenant.settings.currencies, currencies.value)
      : refusal('fortnox-currencies', 'Fortnox', currencies.error),
  );
  return items;
}

/** What a vendor's refusal means, and what to do. The plan can only be inferred from it: hence "probably" (S3). */
function refusal(name: string, vendor: 'webCRM' | 'Fortnox', error: unknown): CheckItem {
  const licence =
    vendor === 'webCRM'
      ? 'a PLUS or ENTERPRISE licence and rights to organisations for the token'
      : 'the integration licence and the approved rights';
  if (!isSyncError(error))
    return failed(
      name,
      `${vendor} could not be asked because of an error on our side.`,
      'Try again; if it stays, look in the log of the service.',
    );
  switch (error.code) {
    case 'licence-missing':
      return failed(
        name,
        `${vendor} answers, but probably a licence or right is missing.`,
        `See that the company has ${licence}.`,
      );
    case 'vendor-auth':
    case 'reconnect-needed':
    case 'credentials-missing':
      return failed(
        name,
        `${vendor} refuses the stored credentials.`,
        `Store new credentials for ${vendor}; if they are refused too, see that the company has ${licence}.`,
      );
    case 'vendor-unreachable':
    case 'vendor-failed':
    case 'vendor-throttled':
    case 'vendor-answer-unreadable':
      return failed(name, `${vendor} could not be asked: ${error.message}`, 'Wait a little and check again.');
    default:
      return failed(
        name,
        `${vendor} could not be checked: ${error.message}`,
        'Put right what the message names and check again.',
      );
  }
}

type Attempt<T> = { ok: true; value: T } | { ok: false; error: unknown };
const attempt = <T>(call: () => Promise<T>): Promise<Attempt<T>> =>
  call().then(
    (value) => ({ ok: true as const, value }),
    (error: unknown) => ({ ok: false as const, error }),
  );

const isStored = async (vault: Vault, tenant: string, name: string): Promise<boolean> =>
  (await vault.list(tenant)).some((entry) => entry.name === name);
