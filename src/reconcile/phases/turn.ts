import type { Pair, PairEntity } from '../../../schemas/records.ts';
import type { Page } from '../../store/port.ts';
import type { Found } from '../findings.ts';
import type { Pass } from '../pass.ts';
import type { Cycle } from '../state.ts';

const ENTITIES: readonly PairEntity[] = ['customer', 'delivery', 'article'];
const PAIRS_A_PAGE = 200;

/**
 * Hints the pairs whose turn it is, so that within `cycleDays` runs each is read singly on both sides: what no list shows is
 * found then at the latest. The cycle's last run goes to the end however many were added.
 */
export async function takeTurn(pass: Pass): Promise<void> {
  const { store, tenant, runtime, findings, cycle: before } = pass;
  const { cycleDays } = tenant.settings.reconcile;
  const counts = await store.pairs.countsByEntity(tenant.id);
  const total = ENTITIES.flatMap((entity) => Object.values(counts[entity] ?? {})).reduce((sum, n) => sum + n, 0);
  const isOver = before === null || before.runs >= cycleDays;
  let { startedAt, runs, read, entity, cursor }: Cycle = isOver
    ? { startedAt: runtime.now(), runs: 0, read: 0, total, entity: 'customer', cursor: null }
    : before;

  const isLast = runs + 1 >= cycleDays;
  let left = isLast ? Number.POSITIVE_INFINITY : Math.ceil(Math.max(0, total - read) / (cycleDays - runs));
  while (left > 0) {
    await pass.goOn();
    const limit = Math.min(PAIRS_A_PAGE, left);
    const page: Page<Pair> = await store.pairs.walk(tenant.id, { entity, limit, cursor: cursor ?? undefined });
    for (const pair of page.items) {
      const record = recordOf(pair);
      if (record !== null) await findings.hint(record, 'turn');
    }
    read += page.items.length;
    left -= page.items.length;
    cursor = page.next;
    if (cursor !== null) continue;
    const next = ENTITIES[ENTITIES.indexOf(entity) + 1];
    if (next === undefined) {
      runs = cycleDays;
      break;
    }
    entity = next;
  }
  await findings.flush();
  pass.keepCycle({
    startedAt,
    runs: Math.min(cycleDays, runs + 1),
    read,
    total: Math.max(total, read),
    entity,
    cursor,
  });
}

/** The record that a pair is read by; null where nothing is to be read. */
function recordOf({ entity, state, webcrmId, fortnoxId }: Pair): Found | null {
  if (state === 'detached') return null;
  if (entity === 'article') return fortnoxId === null ? null : { entity, side: 'fortnox', id: fortnoxId };
  return webcrmId === null || fortnoxId === null ? null : { entity, side: 'webcrm', id: webcrmId };
}
