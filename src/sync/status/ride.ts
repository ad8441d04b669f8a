import type { Pair } from '../../../schemas/records.ts';
import type { JobContext } from '../context.ts';
import type { VendorRecord } from '../fields.ts';
import type { Reason } from '../reasons.ts';
import { bearsOurs, type Shown, statusFields } from './fields.ts';
import { mostTelling, statusOf } from './status.ts';

/**
 * R75: the status of a record as further fields of a write that is made anyway. None when nothing else is written, when the settings name no
 * field, or for an organisation of another Type that never bore one.
 */
export function riding(
  { tenant, runtime }: JobContext,
  kind: Shown,
  record: VendorRecord,
  writes: Readonly<Record<string, string>>,
  decided: { readonly reasons: readonly Reason[]; readonly state: Pair['state'] },
): Record<string, string> {
  const status = statusOf(mostTelling(decided.reasons));
  if (Object.keys(writes).length === 0 || status === null) return { ...writes };
  if (decided.state !== 'linked' && !bearsOurs(tenant.settings, kind, record)) return { ...writes };
  return { ...writes, ...statusFields(tenant.settings, kind, status, runtime.now()) };
}
