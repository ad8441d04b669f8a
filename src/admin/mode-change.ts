import type { Tenant } from '../../schemas/records.ts';
import type { Settings } from '../../schemas/settings.ts';
import { SyncError } from '../errors/sync-error.ts';
import { every } from '../store/every.ts';
import type { Store } from '../store/port.ts';

/** Pairs that are over, or left alone: another mode means nothing to them. */
const OVER: ReadonlySet<string> = new Set(['gone', 'detached']);
/** How many deliveries that wait are counted. */
export const MOST_WAITING = 1_000;

export interface ModeChange {
  readonly mode: Settings['documentMode'];
  /** Deliveries that have, or are getting, such a document: they keep it (R49). */
  readonly kept: Readonly<Record<Settings['documentMode'], number>>;
  /** Deliveries that wait without one: they would become the other kind. 1,000 stand for all that are more. */
  readonly waiting: number;
}

/** What another mode would concern: shown before it is chosen (R49). */
export async function modeChangeOf(
  store: { readonly pairs: Pick<Store['pairs'], 'countsByKind'>; readonly decisions: Pick<Store['decisions'], 'list'> },
  { id, settings }: Pick<Tenant, 'id' | 'settings'>,
): Promise<ModeChange> {
  const counts = await store.pairs.countsByKind(id);
  const living = (of: Readonly<Record<string, number>>) =>
    Object.entries(of).reduce((sum, [state, n]) => sum + (OVER.has(state) ? 0 : n), 0);
  let waiting = 0;
  for await (const { entity } of every((page) => store.decisions.list(id, page))) {
    if (entity === 'delivery') waiting += 1;
    if (waiting >= MOST_WAITING) break;
  }
  return {
    mode: settings.documentMode,
    kept: { order: living(counts.order), invoice: living(counts.invoice) },
    waiting,
  };
}

/** Raises `conflict` with the count when another mode is wanted that concerns deliveries, and nobody says that he has seen it (R49). */
export function refuseUnseen(wanted: unknown, change: ModeChange): void {
  const { mode, kept, waiting } = change;
  if ((wanted !== 'order' && wanted !== 'invoice') || wanted === mode) return;
  if (kept.order + kept.invoice + waiting === 0) return;
  const message = `deliveries that have an order (${kept.order}) or an invoice (${kept.invoice}) keep it; those that wait (${waiting}), and all new ones, would become ${wanted}s`;
  throw new SyncError(
    'conflict',
    `The mode was not changed: ${message}. Send it again with ?confirm=documentMode if that is meant.`,
    { faults: [{ field: 'documentMode', message }] },
  );
}
