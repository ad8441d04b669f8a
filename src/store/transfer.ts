/**
 * A store's content as it is moved to another: documents in a form that is neither store's own, group by group, each group in
 * an order that every store gives alike.
 */
export const TRANSFER_ORDER = [
  'tenants',
  'secrets',
  'pairs',
  'jobs',
  'cursors',
  'activity',
  'decisions',
  'imports',
  'listed',
  'states',
  'alerts',
  'alertTargets',
  'tokens',
  'answers',
  'tombstones',
  'seen',
  'fenced',
] as const;
export type TransferGroup = (typeof TRANSFER_ORDER)[number];

/** Of the fenced documents these are moved; the others say which instances live and what each owns, which ends with them. */
export const MOVED_KINDS: readonly string[] = ['former-hook-token', 'budget'];

/** A fenced document as it is moved, with the version that its next writer has to name. */
export interface FencedFields {
  readonly kind: string;
  readonly id: string;
  readonly version: number;
  readonly value: unknown;
  readonly updatedAt: number;
}

export interface TransferItem {
  readonly collection: TransferGroup;
  /** JSON: a document of the port, or the fields of one of its rows. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** What both stores have beside the port: a way out and a way in for the whole of their content. */
export interface TransferStore {
  /** Everything, group by group. Nobody else may write meanwhile. */
  dump(): AsyncIterable<TransferItem>;
  /** Stores the items, which come as `dump` gives them. Raises `store-duplicate` for what is there already. */
  load(items: readonly TransferItem[]): Promise<void>;
  close(): Promise<void>;
}

/** JSON with the keys of each object in order, so that equal documents are equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`;
}
