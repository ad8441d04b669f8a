import type { Activity, FieldChange } from '../../schemas/records.ts';
import { newId, type Runtime } from '../runtime.ts';
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
  const at = deps.runtime.now();
  const full: Activity = {
    schema: 1,
    id: newId(deps.runtime),
    tenant: line.tenant,
    at,
    entity: 'tenant',
    webcrmId: null,
    fortnoxId: null,
    pairId: null,
    action: line.action,
    target: null,
    changes: line.changes ?? [],
    lost: [],
    reasons: line.reasons ?? [],
    message: line.message,
    job: null,
    expiresAt: at + ACTIVITY_KEPT_MS,
  };
  await deps.store.activity.insert([full]);
}
