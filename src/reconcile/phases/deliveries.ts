import { type Pair, PRIORITY } from '../../../schemas/records.ts';
import { kindOf } from '../../sync/document/document.ts';
import { mapFor } from '../../sync/document/map-for.ts';
import { isDisputed, saysUnlinked } from '../../sync/document/moved.ts';
import { organisationIdOf } from '../../sync/document/records.ts';
import { showsImage } from '../../sync/fields.ts';
import type { WebcrmDelivery } from '../../vendors/webcrm/types.ts';
import { createIdSet } from '../id-set.ts';
import { isLeft } from '../left.ts';
import { hintMissing } from '../missing.ts';
import type { Pass } from '../pass.ts';
import { instantOf, isPast, isUnseen } from '../unpaired.ts';

/** webCRM's list holds whole deliveries (webcrm.md 4): each head is compared with its image. Lines have a phase of their own. */
export async function compareDeliveries(pass: Pass): Promise<void> {
  const { vendors, store, tenant, findings } = pass;
  const seen = createIdSet();
  await vendors.webcrm.listWholeDeliveries(PRIORITY.import, async (rows) => {
    await pass.goOn();
    for (const row of rows) {
      const id = String(row.DeliveryId);
      seen.add(id);
      const record = { entity: 'delivery', side: 'webcrm', id } as const;
      const pair = await store.pairs.bySide(tenant.id, 'delivery', 'webcrm', id);
      if (pair !== null && (await differs(pass, pair, row))) await findings.hint(record, 'differs');
      if (pair === null && !isPast(tenant, row.DeliveryUpdatedAt)) {
        if (await isUnseen(pass, record, instantOf(row.DeliveryUpdatedAt))) await findings.hint(record, 'new');
      }
    }
    findings.compared(rows.length);
    await findings.flush();
  });
  await hintMissing(pass, 'delivery', ({ webcrmId: id }) =>
    id === null || seen.has(id) ? null : { entity: 'delivery', side: 'webcrm', id },
  );
}

async function differs(pass: Pass, pair: Pair, row: WebcrmDelivery): Promise<boolean> {
  const { store, tenant } = pass;
  if (pair.state !== 'linked') return false;
  if (pair.base === null) return true;
  const owner = await store.pairs.bySide(tenant.id, 'customer', 'webcrm', organisationIdOf(row) ?? '');
  if (saysUnlinked(pair) && owner?.state === 'linked') return true;
  if (isLeft(pair, instantOf(row.DeliveryUpdatedAt))) return false;
  const map = await mapFor(pass, kindOf(pair), pair.fortnoxId);
  if (!showsImage(map, 'webcrm', row, pair.base.webcrm)) return true;
  return owner?.fortnoxId !== pair.customerNumber || owner?.state === 'excluded' || isDisputed(pair);
}
