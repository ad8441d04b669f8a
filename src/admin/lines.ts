import type { FieldChange } from '../../schemas/records.ts';
import type { Runtime } from '../runtime.ts';
import { storeLine } from '../store/activity-line.ts';
import type { Store } from '../store/port.ts';

/** How long an activity line is kept, in milliseconds. */
export const ACTIVITY_KEPT_MS = 400 * 24 * 3_600_000;

/** Writes an activity line about the tenant itself: its connection or its settings. */
export async function tenantLine(
  deps: { store: Pick<Store, 'activity'>; runtime: Runtime },
  line: {
    tenant: string;
    action: 'connection' | 'settings';
    message: string;
    changes?: FieldChange[];
    reasons?: string[];
  },
): Promise<void> {
  await storeLine(
    { ...deps, activityKeptMs: ACTIVITY_KEPT_MS },
    { reasons: [], ...line, entity: 'tenant', webcrmId: null, fortnoxId: null, pairId: null },
  );
}
