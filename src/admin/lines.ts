import type { FieldChange } from '../../schemas/records.ts';
import type { Runtime } from '../runtime.ts';
import { storeLine } from '../store/activity-line.ts';
import type { Store } from '../store/port.ts';

/** How long an activity line is kept, in milliseconds. */
export const ACTIVITY_KEPT_MS = 400 * 24 * 3_600_000;

/** A sentence of the log, with who asked for it. */
export const askedForBy = (message: string, by: string): string => `${message} Asked for by ${by}.`;

/** Writes an activity line about the tenant itself: its connection or its settings. */
export async function tenantLine(
  deps: { store: Pick<Store, 'activity'>; runtime: Runtime },
  line: {
    tenant: string;
    action: 'connection' | 'settings' | 'request';
    message: string;
    changes?: FieldChange[];
    reasons?: string[];
    /** Who asked; the service itself when not given. */
    by?: string | undefined;
  },
): Promise<void> {
  const { by, message, ...rest } = line;
  await storeLine(
    { ...deps, activityKeptMs: ACTIVITY_KEPT_MS },
    {
      reasons: [],
      ...rest,
      message: by === undefined ? message : askedForBy(message, by),
      entity: 'tenant',
      webcrmId: null,
      fortnoxId: null,
      pairId: null,
    },
  );
}
