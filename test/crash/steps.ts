/**
 * The durable steps of each story, in their order: what the store or a vendor has kept after each. The crash test kills the
 * service before and after every one of them. "#2" is the second of its kind; without a number it is the first. A step that
 * is the same in several stories (a hint that is queued, a job that is claimed) stands in one of them.
 */
export const STEPS = {
  /** An organisation born in webCRM. */
  customerToFortnox: [
    'jobs.enqueue',
    'jobs.claim',
    'fenced.put',
    'listed.touch',
    'pairs.insert',
    'POST /3/customers',
    'pairs.replace',
    'activity.insert',
    'pairs.replace#2',
    'PUT /Organisations',
    'pairs.replace#3',
    'jobs.complete',
  ],
  /** A customer born in Fortnox. */
  customerToWebcrm: ['pairs.insert', 'POST /Organisations', 'pairs.replace', 'jobs.complete'],
  /** A customer born in Fortnox, when the access token has ended. */
  tokenRenewed: ['POST /oauth-v1/token', 'secrets.replace'],
  /** An article born in Fortnox. */
  articleToWebcrm: ['pairs.insert', 'POST /QuotationLines/LinkedData', 'pairs.replace'],
  /** A delivery of three lines born in webCRM; its number and what Fortnox filled by itself come back. */
  deliveryToOrder: [
    'pairs.insert',
    'POST /3/orders',
    'pairs.replace',
    'decisions.set',
    'activity.insert',
    'pairs.replace#2',
    'PUT /Deliveries',
    'tenants.replace',
    'tenants.replace#2',
    'PUT /QuotationLines#2',
    'pairs.replace#3',
    'activity.insert#2',
    'jobs.complete',
  ],
  /** An order of three rows born in Fortnox. */
  orderToDelivery: [
    'pairs.insert',
    'POST /Deliveries',
    'pairs.replace',
    'activity.insert',
    'POST /QuotationLines#2',
    'pairs.replace#2',
    'jobs.complete',
  ],
  /** The same of an invoice. */
  invoiceToDelivery: ['POST /Deliveries', 'POST /QuotationLines#2'],
  /** In a linked pair a line was added in webCRM, and in Fortnox a row was added and another one's price changed. */
  rowsOfBoth: [
    'pairs.replace',
    'PUT /3/orders',
    'POST /QuotationLines',
    'PUT /QuotationLines',
    'pairs.replace#2',
    'activity.insert',
  ],
} as const satisfies Record<string, readonly string[]>;

export type Scenario = keyof typeof STEPS;
