import { PRIORITY } from '../../../schemas/records.ts';
import { customerMap } from '../../sync/customer/map.ts';
import { createIdSet } from '../id-set.ts';
import { hintMissing } from '../missing.ts';
import { showsPart } from '../part.ts';
import type { Pass } from '../pass.ts';
import { isUnseen, startOf } from '../unpaired.ts';

/**
 * Fortnox's list holds a part of each customer (fortnox.md 11), which is compared with its image. Its rows bear no time: which
 * of those without a pair are new is asked by a list of what changed since the tenant's beginning, when there are any.
 */
export async function compareCustomers(pass: Pass): Promise<void> {
  const { vendors, store, tenant, findings } = pass;
  const map = customerMap(tenant.settings);
  const seen = createIdSet();
  const unseen = createIdSet();
  await vendors.fortnox.listCustomers(null, PRIORITY.import, async (rows) => {
    await pass.goOn();
    for (const row of rows) {
      const record = { entity: 'customer', side: 'fortnox', id: row.CustomerNumber } as const;
      seen.add(record.id);
      const pair = await store.pairs.bySide(tenant.id, 'customer', 'fortnox', record.id);
      if (pair === null) {
        if (await isUnseen(pass, record, null)) unseen.add(record.id);
      } else if (pair.state === 'linked' || pair.state === 'excluded') {
        // The list calls Phone what the customer calls Phone1 (fortnox.md 11).
        const shown = { ...row, Phone1: row.Phone };
        if (pair.base === null || !showsPart(map, 'fortnox', shown, pair.base.fortnox))
          await findings.hint(record, 'differs');
      }
    }
    findings.compared(rows.length);
    await findings.flush();
  });
  if (unseen.size > 0) {
    await vendors.fortnox.listCustomers(startOf(tenant), PRIORITY.import, async (rows) => {
      await pass.goOn();
      for (const { CustomerNumber: id } of rows)
        if (unseen.has(id)) await findings.hint({ entity: 'customer', side: 'fortnox', id }, 'new');
      await findings.flush();
    });
  }
  await hintMissing(pass, 'customer', ({ fortnoxId: id }) =>
    id === null || seen.has(id) ? null : { entity: 'customer', side: 'fortnox', id },
  );
}
