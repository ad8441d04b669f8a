import { type Entity, type Hint, jobKey, PRIORITY, type Priority } from '../../schemas/records.ts';
import type { Intake } from '../queue/types.ts';
import { createIdSet, type IdSet } from './id-set.ts';
import { NO_COUNTS, type RunCounts } from './state.ts';

/** A record, as a hint names it. */
export type Found = Pick<Hint, 'entity' | 'side' | 'id'>;
type Why = 'differs' | 'new' | 'gone' | 'turn';

/** What a phase found: counted, and hinted in portions. */
export interface Findings {
  compared(count: number): void;
  /** Hints a record once a phase. */
  hint(record: Found, why: Why): Promise<void>;
  /** Stores the hints that wait. */
  flush(): Promise<void>;
  counts(): RunCounts;
}

const A_PORTION = 200;
/** What differs goes before what is only read because its turn has come, which nobody waits for. */
const PRIORITY_OF: Readonly<Record<Why, Priority>> = {
  differs: PRIORITY.poll,
  new: PRIORITY.poll,
  gone: PRIORITY.poll,
  turn: PRIORITY.import,
};

export function createFindings(deps: {
  readonly intake: Intake;
  readonly tenant: string;
  raise(): Priority | null;
}): Findings {
  const hinted = new Map<string, IdSet>();
  const byEntity: Partial<Record<Entity, number>> = {};
  let { compared, gone, turn } = NO_COUNTS;
  let waiting: Hint[] = [];

  async function flush(): Promise<void> {
    const hints = waiting;
    waiting = [];
    await deps.intake.accept(hints);
  }

  function isFirst(record: Found): boolean {
    const kind = jobKey({ ...record, id: '' });
    const ids = hinted.get(kind) ?? createIdSet();
    hinted.set(kind, ids);
    if (ids.has(record.id)) return false;
    ids.add(record.id);
    return true;
  }

  return {
    compared(count) {
      compared += count;
    },
    async hint(record, why) {
      if (!isFirst(record)) return;
      if (why === 'turn') turn += 1;
      else byEntity[record.entity] = (byEntity[record.entity] ?? 0) + 1;
      if (why === 'gone') gone += 1;
      waiting.push({ ...record, tenant: deps.tenant, priority: deps.raise() ?? PRIORITY_OF[why], full: true });
      if (waiting.length >= A_PORTION) await flush();
    },
    flush,
    counts: () => ({ compared, hinted: byEntity, gone, turn }),
  };
}
