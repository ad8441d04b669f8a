import type { AccessToken } from '../../schemas/access.ts';
import type { Alert, AlertKind, AlertTarget } from '../../schemas/alerts.ts';
import type { RowPair } from '../../schemas/delivery.ts';
import type { ImportRun, Listed } from '../../schemas/imports.ts';
import {
  type Activity,
  type CreateIntent,
  type Hint,
  type Pair,
  PRIORITY,
  type Tenant,
} from '../../schemas/records.ts';
import { DEFAULT_SETTINGS } from '../../schemas/settings.ts';
import type { Page, PageRequest, Store } from '../../src/store/port.ts';

export const tenantOf = (id: string, more: Partial<Tenant> = {}): Tenant => ({
  schema: 4,
  id,
  name: `Tenant ${id}`,
  state: 'new',
  pausedReason: null,
  pausedParts: [],
  settings: DEFAULT_SETTINGS,
  hookToken: `token-${id}`,
  fortnoxDatabaseNumber: null,
  partialPut: { organisation: 'unknown', delivery: 'unknown', line: 'unknown', item: 'unknown' },
  webcrmHookIds: [],
  lineQuery: 'unknown',
  hold: null,
  version: 1,
  createdAt: 1000,
  updatedAt: 1000,
  ...more,
});

export const alertOf = (tenant: string, kind: AlertKind, more: Partial<Alert> = {}): Alert => ({
  schema: 1,
  tenant,
  kind,
  state: 'raised',
  message: 'Something is wrong.',
  count: 1,
  raisedAt: 1000,
  recoveredAt: null,
  told: [],
  sends: [],
  version: 0,
  ...more,
});

export const targetOf = (id: string, more: Partial<AlertTarget> = {}): AlertTarget => ({
  schema: 1,
  id,
  name: `Target ${id}`,
  url: 'https://hooks.example.com/x',
  kinds: null,
  tenants: null,
  secrets: [],
  last: null,
  createdAt: 1000,
  updatedAt: 1000,
  version: 0,
  ...more,
});

export const tokenOf = (id: string, more: Partial<AccessToken> = {}): AccessToken => ({
  schema: 1,
  id,
  name: `Token ${id}`,
  role: 'read',
  tenants: null,
  secrets: [{ hash: `hash-${id}`, createdAt: 1000, until: null }],
  createdBy: 'root',
  createdAt: 1000,
  expiresAt: null,
  revokedAt: null,
  lastUsedAt: null,
  version: 1,
  ...more,
});

export const pairOf = (id: string, more: Partial<Pair> = {}): Pair => ({
  schema: 2,
  id,
  tenant: 't1',
  entity: 'customer',
  webcrmId: null,
  fortnoxKind: 'customer',
  fortnoxId: null,
  invoiceRef: null,
  customerNumber: null,
  state: 'linked',
  base: null,
  rows: null,
  intent: null,
  reason: null,
  candidates: [],
  version: 1,
  createdAt: 1000,
  updatedAt: 1000,
  ...more,
});

export const articleOf = (id: string, more: Partial<Pair> = {}): Pair =>
  pairOf(id, { entity: 'article', fortnoxKind: 'article', ...more });

export const orderOf = (id: string, more: Partial<Pair> = {}): Pair =>
  pairOf(id, { entity: 'delivery', fortnoxKind: 'order', ...more });

export const invoiceOf = (id: string, more: Partial<Pair> = {}): Pair =>
  pairOf(id, { entity: 'delivery', fortnoxKind: 'invoice', ...more });

const row = { article: '1', text: 'Bolt', quantity: '2', unit: 'st', price: '12.5', discount: null, vat: '25' };

/** Rows of a document with these quotation lines. */
export const rowsOf = (...lineIds: (string | null)[]): RowPair[] =>
  lineIds.map((lineId, index) => ({ lineId, sort: index, webcrm: row, fortnox: row }));

export const intentOf = (key: string, more: Partial<CreateIntent> = {}): CreateIntent => ({
  side: 'fortnox',
  key,
  name: 'A',
  customerNumber: null,
  sent: { name: 'A' },
  rows: null,
  at: 5,
  ...more,
});

export const lineOf = (id: string, more: Partial<Activity> = {}): Activity => ({
  schema: 1,
  id,
  tenant: 't1',
  at: 1000,
  entity: 'customer',
  webcrmId: null,
  fortnoxId: null,
  pairId: null,
  action: 'updated',
  target: null,
  changes: [],
  lost: [],
  reasons: [],
  message: '',
  job: null,
  expiresAt: 9000,
  ...more,
});

export const hintOf = (id: string, more: Partial<Hint> = {}): Hint => ({
  tenant: 't1',
  entity: 'customer',
  side: 'webcrm',
  id,
  priority: PRIORITY.poll,
  ...more,
});

export const runOf = (id: string, more: Partial<ImportRun> = {}): ImportRun => ({
  schema: 2,
  id,
  tenant: 't1',
  kinds: ['customer'],
  direction: 'both',
  from: null,
  dryRun: false,
  state: 'listing',
  total: 0,
  compared: 0,
  queued: 0,
  counts: {},
  step: null,
  startedAt: 1000,
  runningSince: null,
  finishedAt: null,
  error: null,
  ...more,
});

export const listedOf = (id: string, more: Partial<Listed> = {}): Listed => ({
  importId: 'i',
  tenant: 't1',
  kind: 'customer',
  side: 'webcrm',
  id,
  name: null,
  number: null,
  organisationNumber: null,
  record: null,
  stale: false,
  partner: null,
  outcome: null,
  reason: null,
  lost: [],
  ...more,
});

export const keyOf = (id: string): string => `customer:webcrm:${id}`;

/** Reads every page of a list; `between` runs after each. */
export async function readAll<T>(
  list: (page: PageRequest) => Promise<Page<T>>,
  limit: number,
  between: () => Promise<void> = async () => {},
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await list(cursor === null ? { limit } : { limit, cursor });
    items.push(...page.items);
    cursor = page.next;
    await between();
  } while (cursor !== null);
  return items;
}

/** Opens a store, runs the body and closes it in any case. */
export async function using(open: () => Promise<Store>, body: (store: Store) => Promise<void>): Promise<void> {
  const store = await open();
  try {
    await body(store);
  } finally {
    await store.close();
  }
}

export const HOSTILE = [
  '__proto__',
  'constructor',
  `it's "quoted"; DROP TABLE jobs;--`,
  '$where',
  'a.b.c',
  '%_',
  'å\u0301😀',
  'nul\u0000one',
  'nul\u0000two',
  'lone\ud800',
  'lone\ud801',
  '\u0001"x"',
  '?1',
  ' ',
  'x'.repeat(2000),
];
