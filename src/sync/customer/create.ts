import type { CreateIntent } from '../../../schemas/records.ts';
import { isSyncError, SyncError } from '../../errors/sync-error.ts';
import type { FortnoxCustomer } from '../../vendors/fortnox/types.ts';
import { fieldsFor } from '../new-record.ts';
import type { CustomerContext } from './context.ts';

/**
 * Posts a customer to Fortnox. The intent is stored already. Raises `number-taken` when its number is reserved, also by
 * a deleted customer (fortnox.md 4, code 2000637).
 */
export async function postCustomer(
  { map, vendors, job, tenant }: CustomerContext,
  intent: CreateIntent,
): Promise<FortnoxCustomer> {
  const fields: Record<string, string> = { ...fieldsFor(map, 'fortnox', intent.sent), ExternalReference: intent.key };
  if (tenant.settings.numberOwner === 'webcrm' && intent.customerNumber !== null) {
    fields.CustomerNumber = intent.customerNumber;
  }
  return vendors.fortnox.createCustomer(fields, job.priority);
}

/** The customer that an earlier try of this intent left, found by our key; null when there is none (R22). */
export async function recoverCustomer(
  { vendors, job }: CustomerContext,
  intent: CreateIntent,
): Promise<FortnoxCustomer | null> {
  if (intent.customerNumber !== null) {
    const customer = await vendors.fortnox.getCustomer(intent.customerNumber, job.priority);
    if (customer?.ExternalReference === intent.key) return customer;
  }
  // ExternalReference is neither in lists nor searchable (fortnox.md 9): each exact namesake is read.
  for (const row of await vendors.fortnox.searchCustomers('name', intent.name, job.priority)) {
    const customer = await vendors.fortnox.getCustomer(row.CustomerNumber, job.priority);
    if (customer?.ExternalReference === intent.key) return customer;
  }
  return null;
}

/** The organisation that bears the intent's customer number; null when there is none. Raises when there are several. */
export async function recoverOrganisation(
  { vendors, job, tenant }: CustomerContext,
  intent: CreateIntent,
): Promise<string | null> {
  const number = intent.customerNumber ?? '';
  const found = await vendors.webcrm.findOrganisations(
    tenant.settings.customFields.customerNumber,
    number,
    job.priority,
  );
  if (found.length > 1) {
    throw new SyncError(
      'vendor-refused',
      `${found.length} organisations bear customer number ${number}: ${found.map((row) => row.OrganisationId).join(', ')}. Remove it from all but one.`,
    );
  }
  return found[0] ? String(found[0].OrganisationId) : null;
}

/** Posts an organisation to webCRM and answers its id. webCRM may answer nothing (webcrm.md 7): then it is searched for. */
export async function postOrganisation(context: CustomerContext, intent: CreateIntent, type: string): Promise<string> {
  const { map, vendors, job, tenant } = context;
  const number = intent.customerNumber ?? '';
  const fields = {
    ...fieldsFor(map, 'webcrm', intent.sent),
    OrganisationType: type,
    [tenant.settings.customFields.customerNumber]: number,
  };
  const id =
    (await vendors.webcrm.createOrganisation(fields, job.priority)) ?? (await recoverOrganisation(context, intent));
  if (id !== null) return id;
  throw new SyncError(
    'vendor-answer-unreadable',
    `webCRM took the organisation of customer ${number} but does not show it yet; it is looked for again.`,
  );
}

export const isNumberTaken = (error: unknown): boolean => isSyncError(error) && error.code === 'number-taken';
