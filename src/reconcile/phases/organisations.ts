import { type Pair, PRIORITY } from '../../../schemas/records.ts';
import { customerMap, numberInWebcrm } from '../../sync/customer/map.ts';
import { isSelected } from '../../sync/customer/types-filter.ts';
import { type FieldLine, showsImage } from '../../sync/fields.ts';
import type { WebcrmOrganisation } from '../../vendors/webcrm/types.ts';
import { createIdSet } from '../id-set.ts';
import { hintMissing } from '../missing.ts';
import type { Pass } from '../pass.ts';
import { instantOf, isPast, isUnseen } from '../unpaired.ts';

/** webCRM's list holds whole organisations (webcrm.md 4): each is compared with its image. */
export async function compareOrganisations(pass: Pass): Promise<void> {
  const { vendors, runtime, store, tenant, findings } = pass;
  const map = customerMap(tenant.settings);
  const seen = createIdSet();
  await vendors.webcrm.listOrganisations(null, runtime.now(), PRIORITY.import, async (rows) => {
    await pass.goOn();
    for (const row of rows) {
      const id = String(row.OrganisationId);
      seen.add(id);
      const record = { entity: 'customer', side: 'webcrm', id } as const;
      const pair = await store.pairs.bySide(tenant.id, 'customer', 'webcrm', id);
      if (pair !== null && differs(pass, map, pair, row)) await findings.hint(record, 'differs');
      if (pair === null && (await comesByItself(pass, row))) await findings.hint(record, 'new');
    }
    findings.compared(rows.length);
    await findings.flush();
  });
  await hintMissing(pass, 'customer', ({ webcrmId: id }) =>
    id === null || seen.has(id) ? null : { entity: 'customer', side: 'webcrm', id },
  );
}

function differs({ tenant }: Pass, map: readonly FieldLine[], pair: Pair, row: WebcrmOrganisation): boolean {
  const selected = isSelected(tenant.settings, row);
  // Nothing of an excluded one goes to Fortnox, so that its edits stay unlike the image (R11).
  if (pair.state === 'excluded') return selected;
  if (pair.state !== 'linked') return false;
  if (pair.base === null || !selected) return true;
  if (numberInWebcrm(tenant.settings, row) !== pair.fortnoxId) return true;
  return !showsImage(map, 'webcrm', row, pair.base.webcrm);
}

async function comesByItself(pass: Pass, row: WebcrmOrganisation): Promise<boolean> {
  const { store, tenant } = pass;
  if (!isSelected(tenant.settings, row)) return false;
  const record = { entity: 'customer', side: 'webcrm', id: String(row.OrganisationId) } as const;
  const refusal = await store.decisions.get(tenant.id, 'customer', 'webcrm', record.id);
  // The settings have selected its Type since (R12).
  if (refusal?.reason === 'type-not-selected') return true;
  if (refusal === null && isPast(tenant, row.OrganisationUpdatedAt)) return false;
  return isUnseen(pass, record, instantOf(row.OrganisationUpdatedAt));
}
