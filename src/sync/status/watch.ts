import type { Settings } from '../../../schemas/settings.ts';
import type { Runtime } from '../../runtime.ts';
import type { TenantConnection } from '../../vendors/connections-types.ts';
import type { VendorRecord } from '../fields.ts';
import { type Shown, statusFields } from './fields.ts';
import { IN_STEP } from './status.ts';

/** The connection for one job, and the webCRM records as that job saw or left them. */
export interface Watched {
  readonly connection: TenantConnection;
  seen(kind: Shown, id: string): VendorRecord | null;
}

/**
 * Remembers what a job reads and writes of organisations and deliveries, so that their status needs no read of its own. A record
 * that is made bears its status from the start: it rides on the POST.
 */
export function watchRecords(inner: TenantConnection, settings: Settings, runtime: Pick<Runtime, 'now'>): Watched {
  const records: Record<Shown, Map<string, VendorRecord>> = { organisation: new Map(), delivery: new Map() };
  const { webcrm } = inner;
  function keep<R extends VendorRecord>(kind: Shown, id: string, record: R | null): R | null {
    if (record === null) records[kind].delete(id);
    else records[kind].set(id, record);
    return record;
  }
  function lay(kind: Shown, id: string, fields: VendorRecord): void {
    const present = records[kind].get(id);
    if (present !== undefined) records[kind].set(id, { ...present, ...fields });
  }
  async function make(
    kind: Shown,
    fields: Record<string, unknown>,
    post: (fields: Record<string, unknown>) => Promise<string | null>,
  ): Promise<string | null> {
    const full = { ...fields, ...statusFields(settings, kind, IN_STEP, runtime.now()) };
    const id = await post(full);
    if (id !== null) records[kind].set(id, full);
    return id;
  }
  return {
    seen: (kind, id) => records[kind].get(id) ?? null,
    connection: {
      ...inner,
      webcrm: {
        ...webcrm,
        getOrganisation: async (id, priority) => keep('organisation', id, await webcrm.getOrganisation(id, priority)),
        getDelivery: async (id, priority) => keep('delivery', id, await webcrm.getDelivery(id, priority)),
        async updateOrganisation(id, fields, priority) {
          await webcrm.updateOrganisation(id, fields, priority);
          lay('organisation', id, fields);
        },
        async updateDelivery(id, fields, priority) {
          await webcrm.updateDelivery(id, fields, priority);
          lay('delivery', id, fields);
        },
        createOrganisation: (fields, priority) =>
          make('organisation', fields, (full) => webcrm.createOrganisation(full, priority)),
        createDelivery: (fields, priority) => make('delivery', fields, (full) => webcrm.createDelivery(full, priority)),
      },
    },
  };
}
