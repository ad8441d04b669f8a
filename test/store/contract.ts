import type t from 'tap';
import type { Store } from '../../src/store/port.ts';
import { accessContract } from './contract-access.ts';
import { activityContract } from './contract-activity.ts';
import { alertsContract } from './contract-alerts.ts';
import { decisionsContract } from './contract-decisions.ts';
import { importJobsContract } from './contract-import-jobs.ts';
import { instancesContract } from './contract-instances.ts';
import { jobsContract } from './contract-jobs.ts';
import { listedContract } from './contract-listed.ts';
import { pairListsContract } from './contract-pair-lists.ts';
import { pairsContract } from './contract-pairs.ts';
import { closeContract, recordsContract } from './contract-records.ts';
import { statesContract } from './contract-states.ts';

export type Tap = typeof t;

/**
 * Every promise of the port. `open` gives an empty store each time; when it gives an emptied one whose `close` does
 * nothing (a store that is slow to start), `openOwn` gives one that is really closed. `crowded`: see the jobs.
 */
export async function storeContract(
  tap: Tap,
  open: () => Promise<Store>,
  { openOwn = open, crowded }: { openOwn?: () => Promise<Store>; crowded?: number } = {},
): Promise<void> {
  await recordsContract(tap, open);
  await pairsContract(tap, open);
  await pairListsContract(tap, open);
  await activityContract(tap, open);
  await decisionsContract(tap, open);
  await jobsContract(tap, open, crowded);
  await importJobsContract(tap, open);
  await listedContract(tap, open);
  await statesContract(tap, open);
  await instancesContract(tap, open);
  await alertsContract(tap, open);
  await accessContract(tap, open);
  await closeContract(tap, openOwn);
}
