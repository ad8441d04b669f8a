import type { Pair, PairEntity } from '../../schemas/records.ts';
import type { Page } from '../store/port.ts';
import type { Found } from './findings.ts';
import type { Pass } from './pass.ts';

const PAIRS_A_PAGE = 200;
const FOLLOWED: ReadonlySet<Pair['state']> = new Set(['linked', 'excluded', 'conflict']);

/**
 * Goes over the pairs of an entity in order of id and hints what `find` gives of each: a record that a whole list did not show.
 * Pairs that were written since the phase began are newer than its list.
 */
export async function hintMissing(pass: Pass, entity: PairEntity, find: (pair: Pair) => Found | null): Promise<void> {
  await overPairs(pass, entity, async (pair) => {
    if (!FOLLOWED.has(pair.state) || pair.updatedAt >= pass.beganAt) return;
    const record = find(pair);
    if (record !== null) await pass.findings.hint(record, 'gone');
  });
  await pass.findings.flush();
}

/** Every pair of an entity, a page at a time. */
export async function overPairs(pass: Pass, entity: PairEntity, visit: (pair: Pair) => Promise<void>): Promise<void> {
  const { store, tenant } = pass;
  let cursor: string | undefined;
  do {
    await pass.goOn();
    const page: Page<Pair> = await store.pairs.walk(tenant.id, { entity, limit: PAIRS_A_PAGE, cursor });
    for (const pair of page.items) await visit(pair);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}
