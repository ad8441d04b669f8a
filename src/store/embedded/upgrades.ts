import { DEFAULT_SETTINGS } from '../../../schemas/settings.ts';

/** A document as it was parsed, of any older form. */
export type StoredDocument = Readonly<Record<string, unknown>> & { readonly schema: number };
type Upgrade = (document: StoredDocument) => Readonly<Record<string, unknown>>;

/** Deliveries and articles came with schema 2: whatever is older is a customer. */
const pairTo2: Upgrade = (pair) => ({
  ...pair,
  fortnoxKind: 'customer',
  invoiceRef: null,
  customerNumber: null,
  rows: null,
  intent: pair.intent === null ? null : { ...(pair.intent as object), rows: null },
});

/** What was proven of organisations says nothing of the other records that webCRM lets us update (R3). */
const tenantTo2: Upgrade = (tenant) => ({
  ...tenant,
  settings: { ...DEFAULT_SETTINGS, ...(tenant.settings as object) },
  partialPut: {
    organisation: 'unknown',
    delivery: 'unknown',
    line: 'unknown',
    item: 'unknown',
    ...(tenant.partialPut as object),
  },
  lineQuery: 'unknown',
});

/** Holding a tenant's jobs for a person, and going over whole registers, came with schema 3 (R71, R73). */
const tenantTo3: Upgrade = (tenant) => ({
  ...tenant,
  settings: {
    reconcile: DEFAULT_SETTINGS.reconcile,
    holdAbove: DEFAULT_SETTINGS.holdAbove,
    ...(tenant.settings as object),
  },
  hold: null,
});

/** Pausing a part of a tenant came with schema 4. */
const tenantTo4: Upgrade = (tenant) => ({ ...tenant, pausedParts: [] });

/** An older import covered customers in both directions, and queued all that it had listed before it ran. */
const importTo2: Upgrade = (run) => ({
  ...run,
  kinds: ['customer'],
  direction: 'both',
  from: null,
  dryRun: false,
  compared: run.total,
  queued: run.total,
  counts: {},
  step: null,
  runningSince: run.startedAt,
});

/**
 * How documents of older releases become those of this one: the first entry makes schema 2 of schema 1, and so on, so that
 * the newest schema is one more than there are entries. A step that was released is never changed.
 */
export const UPGRADES = {
  tenants: [tenantTo2, tenantTo3, tenantTo4],
  pairs: [pairTo2],
  activity: [],
  imports: [importTo2],
  alerts: [],
  alertTargets: [],
  tokens: [],
} as const satisfies Record<string, readonly Upgrade[]>;

export type DocumentCollection = keyof typeof UPGRADES;

/** The newest form of a collection's documents that this release reads, and the only one it writes. */
export const newestSchema = (collection: DocumentCollection): number => UPGRADES[collection].length + 1;

/** Lifts a document step by step to the newest form; one that has it already comes back as it is. */
export function upgrade(collection: DocumentCollection, document: StoredDocument): StoredDocument {
  const steps: readonly Upgrade[] = UPGRADES[collection];
  return steps
    .slice(document.schema - 1)
    .reduce<StoredDocument>((older, step) => ({ ...step(older), schema: older.schema + 1 }), document);
}
