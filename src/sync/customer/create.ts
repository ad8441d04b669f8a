import type { CreateIntent } from '../../../schemas/records.ts';
import { isSyncError, SyncError } from '../../errors/sync-error.ts';
import { pollStart } from '../../intake/overlap.ts';
import type { FortnoxCustomer } from '../../vendors/fortnox/types.ts';
import type { WebcrmOrganisation } from '../../vendors/webcrm/types.ts';
import { showsImage } from '../fields.ts';
import { baseAfterCreate, fieldsFor } from '../new-record.ts';
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
  { vendors, job, store, tenant }: CustomerContext,
  intent: CreateIntent,
): Promise<FortnoxCustomer | null> {
  const seen = new Set<string>();
  /** ExternalReference is neither in lists nor searchable (fortnox.md 9): each customer that it may be is read. */
  const ours = async (number: string): Promise<FortnoxCustomer | null> => {
    if (seen.has(number)) return null;
    seen.add(number);
    const customer = await vendors.fortnox.getCustomer(number, job.priority);
    return customer?.ExternalReference === intent.key ? customer : null;
  };
  if (intent.customerNumber !== null) {
    const numbered = await ours(intent.customerNumber);
    if (numbered !== null) return numbered;
  }
  for (const row of await vendors.fortnox.searchCustomers('name', intent.name, job.priority)) {
    const namesake = await ours(row.CustomerNumber);
    if (namesake !== null) return namesake;
  }
  // Somebody may have renamed it since: then it is among the new ones that nobody has linked.
  for (const { CustomerNumber } of await vendors.fortnox.changedCustomers(
    pollStart('fortnox', intent.at),
    job.priority,
  )) {
    if ((await store.pairs.bySide(tenant.id, 'customer', 'fortnox', CustomerNumber))?.webcrmId) continue;
    const renamed = await ours(CustomerNumber);
    if (renamed !== null) return renamed;
  }
  return null;
}

/** The organisation that an earlier try of this intent left (R22); null when there is none. Raises when several bear its customer number. */
export async function recoverOrganisation(context: CustomerContext, intent: CreateIntent): Promise<string | null> {
  const { vendors, job, tenant } = context;
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
  return found[0] ? String(found[0].OrganisationId) : renumbered(context, intent);
}

/**
 * The number is the only key that an organisation has room for, and somebody may have typed another one over it: ours is one that nobody
 * has linked, made since the intent, and otherwise as it was sent.
 */
async function renumbered(context: CustomerContext, intent: CreateIntent): Promise<string | null> {
  const { vendors, job, store, tenant } = context;
  const sent = baseAfterCreate(context.map, 'fortnox', intent.sent, null).webcrm;
  const map = context.map.filter(({ field }) => field in sent && field !== 'customerNumber');
  const isOurs = (row: WebcrmOrganisation): boolean =>
    Date.parse(row.OrganisationCreatedAt ?? '') >= pollStart('webcrm', intent.at) &&
    showsImage(map, 'webcrm', row, sent);
  for (const row of await vendors.webcrm.findOrganisations('OrganisationName', intent.name, job.priority)) {
    const id = String(row.OrganisationId);
    if (isOurs(row) && (await store.pairs.bySide(tenant.id, 'customer', 'webcrm', id)) === null) return id;
  }
  return null;
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
