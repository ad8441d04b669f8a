/**
 * The durable steps of a create, in their order: what the store or a vendor has kept after each. The crash test kills the
 * service before and after every one of them.
 */
export const STEPS = {
  /** An organisation born in webCRM. */
  toFortnox: [
    'jobs.enqueue',
    'jobs.claim',
    'pairs.insert',
    'POST /3/customers',
    'pairs.replace',
    'activity.insert',
    'PUT /Organisations',
    'jobs.complete',
  ],
  /** A customer born in Fortnox. */
  toWebcrm: [
    'jobs.enqueue',
    'jobs.claim',
    'pairs.insert',
    'POST /Organisations',
    'pairs.replace',
    'activity.insert',
    'jobs.complete',
  ],
} as const;

export type Moment = 'before' | 'after';
