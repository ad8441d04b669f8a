import { PRIORITY } from '../../../schemas/records.ts';
import { articleMap, linesOf } from '../../sync/article/map.ts';
import { showsImage } from '../../sync/fields.ts';
import type { WebcrmItem } from '../../vendors/webcrm/types.ts';
import { overPairs } from '../missing.ts';
import type { Pass } from '../pass.ts';

/**
 * The register is read once, whole (webCRM has no pages of it), and compared with what the articles' pairs hold: items that
 * were edited by hand or deleted. What may be edited by hand is not compared (R60). Articles themselves are compared by their
 * own poll.
 */
export async function compareRegister(pass: Pass): Promise<void> {
  const { vendors, tenant, findings } = pass;
  const map = articleMap(tenant.settings).filter(({ owner }) => owner === 'fortnox');
  const items = new Map<string, WebcrmItem>();
  for (const item of await vendors.webcrm.listItems(PRIORITY.import))
    items.set(String(item.QuotationLineLinkedDataItemId), item);
  findings.compared(items.size);
  await overPairs(pass, 'article', async (pair) => {
    if (pair.state !== 'linked' || pair.fortnoxId === null || pair.updatedAt >= pass.beganAt) return;
    const record = { entity: 'article', side: 'fortnox', id: pair.fortnoxId } as const;
    const item = pair.webcrmId === null ? undefined : items.get(pair.webcrmId);
    if (item === undefined) await findings.hint(record, 'gone');
    else if (pair.base === null || !showsImage(linesOf(map, pair.base.fortnox), 'webcrm', item, pair.base.webcrm))
      await findings.hint(record, 'differs');
  });
  await findings.flush();
}
