import type { IndexDescription } from 'mongodb';
import type { CollectionName } from './collections.ts';

/** The clocks of server and service may differ: what expired is kept this much longer, in seconds. */
const TTL_MARGIN = 3600;

const exists = (field: string) => ({ partialFilterExpression: { [field]: { $exists: true } } });
const RUNNING = { partialFilterExpression: { state: 'running' } };

/**
 * Every index. A field that a partial index is about is absent where it has no value: an equality implies that the field
 * exists, so that the planner may use the index, and it does not imply a type.
 */
export const INDEXES: Readonly<Partial<Record<CollectionName, readonly IndexDescription[]>>> = {
  tenants: [
    { name: 'tenants_hook_token', key: { hookToken: 1 }, unique: true },
    { name: 'tenants_fortnox_database', key: { fortnoxDatabase: 1 }, unique: true, ...exists('fortnoxDatabase') },
    { name: 'tenants_page', key: { createdAt: 1, id: 1 } },
  ],
  secrets: [{ name: 'secrets_page', key: { tenant: 1, name: 1 } }],
  pairs: [
    { name: 'pairs_webcrm', key: { tenant: 1, entity: 1, webcrmId: 1 }, unique: true, ...exists('webcrmId') },
    { name: 'pairs_fortnox', key: { tenant: 1, fortnoxKind: 1, fortnoxId: 1 }, unique: true, ...exists('fortnoxId') },
    { name: 'pairs_invoice', key: { tenant: 1, invoiceRef: 1, updatedAt: 1, id: 1 }, ...exists('invoiceRef') },
    { name: 'pairs_open_orders', key: { tenant: 1, openOrderOf: 1, updatedAt: 1, id: 1 }, ...exists('openOrderOf') },
    { name: 'pairs_line', key: { tenant: 1, lines: 1, updatedAt: 1, id: 1 }, ...exists('lines') },
    { name: 'pairs_intent', key: { tenant: 1, intentKey: 1 }, ...exists('intentKey') },
    { name: 'pairs_page', key: { tenant: 1, updatedAt: 1, id: 1 } },
    { name: 'pairs_state', key: { tenant: 1, state: 1, updatedAt: 1, id: 1 } },
    { name: 'pairs_entity', key: { tenant: 1, entity: 1, updatedAt: 1, id: 1 } },
    { name: 'pairs_entity_state', key: { tenant: 1, entity: 1, state: 1, updatedAt: 1, id: 1 } },
    { name: 'pairs_reason', key: { tenant: 1, reason: 1, updatedAt: 1, id: 1 }, ...exists('reason') },
    { name: 'pairs_walk', key: { tenant: 1, entity: 1, id: 1 } },
  ],
  jobs: [
    { name: 'jobs_waiting', key: { tenant: 1, state: 1, priority: 1, runAt: 1, createdAt: 1, seq: 1, _id: 1 } },
    { name: 'jobs_running', key: { tenant: 1, leaseUntil: 1 }, ...RUNNING },
    { name: 'jobs_due', key: { tenant: 1, dueAt: 1 } },
    { name: 'jobs_owner', key: { leaseOwner: 1 }, ...RUNNING },
    { name: 'jobs_import', key: { tenant: 1, importId: 1, state: 1 } },
    { name: 'jobs_page', key: { tenant: 1, createdAt: 1, seq: 1, _id: 1 } },
    { name: 'jobs_state', key: { tenant: 1, state: 1, createdAt: 1, seq: 1, _id: 1 } },
  ],
  activity: [
    { name: 'activity_id', key: { tenant: 1, id: 1 } },
    { name: 'activity_page', key: { tenant: 1, at: 1, seq: 1, _id: 1 } },
    { name: 'activity_webcrm', key: { tenant: 1, webcrmId: 1, at: 1, seq: 1, _id: 1 }, ...exists('webcrmId') },
    { name: 'activity_fortnox', key: { tenant: 1, fortnoxId: 1, at: 1, seq: 1, _id: 1 }, ...exists('fortnoxId') },
    { name: 'activity_pair', key: { tenant: 1, pairId: 1, at: 1, seq: 1, _id: 1 }, ...exists('pairId') },
    { name: 'activity_action', key: { tenant: 1, action: 1, at: 1, seq: 1, _id: 1 } },
    { name: 'activity_entity', key: { tenant: 1, entity: 1, at: 1, seq: 1, _id: 1 } },
    { name: 'activity_reason', key: { tenant: 1, reasons: 1, at: 1, seq: 1, _id: 1 }, ...exists('reasons') },
    { name: 'activity_expires', key: { expiresAt: 1 }, expireAfterSeconds: TTL_MARGIN },
  ],
  decisions: [
    { name: 'decisions_page', key: { tenant: 1, at: 1, entity: 1, side: 1, id: 1 } },
    { name: 'decisions_reason', key: { tenant: 1, reason: 1, at: 1, entity: 1, side: 1, id: 1 } },
    { name: 'decisions_waiting', key: { tenant: 1, waitsFor: 1, entity: 1, side: 1, id: 1 } },
  ],
  imports: [{ name: 'imports_page', key: { tenant: 1, startedAt: 1, id: 1 } }],
  listed: [
    { name: 'listed_page', key: { tenant: 1, importId: 1, kind: 1, side: 1, id: 1 } },
    { name: 'listed_outcome', key: { tenant: 1, importId: 1, outcome: 1, kind: 1, side: 1, id: 1 } },
    {
      name: 'listed_number',
      key: { tenant: 1, importId: 1, kind: 1, side: 1, lowerNumber: 1, id: 1 },
      ...exists('lowerNumber'),
    },
    {
      name: 'listed_organisation_number',
      key: { tenant: 1, importId: 1, kind: 1, side: 1, lowerOrganisationNumber: 1, id: 1 },
      ...exists('lowerOrganisationNumber'),
    },
    {
      name: 'listed_name',
      key: { tenant: 1, importId: 1, kind: 1, side: 1, lowerName: 1, id: 1 },
      ...exists('lowerName'),
    },
    { name: 'listed_record', key: { tenant: 1, kind: 1, side: 1, id: 1 } },
  ],
  cursors: [{ name: 'cursors_page', key: { tenant: 1, name: 1 } }],
  states: [{ name: 'states_page', key: { tenant: 1, name: 1 } }],
  fenced: [{ name: 'fenced_kind', key: { kind: 1, updatedAt: 1 } }],
  mail: [
    { name: 'mail_box', key: { to: 1, seq: 1 } },
    { name: 'mail_expires', key: { expiresAt: 1 }, expireAfterSeconds: TTL_MARGIN },
  ],
  alerts: [
    { name: 'alerts_page', key: { raisedAt: 1, tenant: 1, kind: 1 } },
    { name: 'alerts_state', key: { state: 1, raisedAt: 1, tenant: 1, kind: 1 } },
    { name: 'alerts_tenant', key: { tenant: 1, raisedAt: 1, kind: 1 } },
    { name: 'alerts_due', key: { dueAt: 1, tenant: 1, kind: 1 }, ...exists('dueAt') },
  ],
  alertTargets: [{ name: 'alertTargets_page', key: { createdAt: 1, id: 1 } }],
  tokens: [{ name: 'tokens_page', key: { createdAt: 1, id: 1 } }],
  answers: [
    { name: 'answers_page', key: { scope: 1, key: 1 } },
    { name: 'answers_live', key: { scope: 1, expiresAt: 1 } },
    { name: 'answers_expires', key: { expiresAt: 1 }, expireAfterSeconds: TTL_MARGIN },
  ],
  tombstones: [{ name: 'tombstones_page', key: { tenant: 1, hash: 1 } }],
  seen: [
    { name: 'seen_page', key: { tenant: 1, id: 1 } },
    { name: 'seen_expires', key: { expiresAt: 1 }, expireAfterSeconds: TTL_MARGIN },
  ],
};
