import { type Pair, PRIORITY } from '../../../schemas/records.ts';
import { linesNow, linesShow } from '../../sync/document/records.ts';
import { text } from '../../sync/normalise.ts';
import type { WebcrmLine } from '../../vendors/webcrm/types.ts';
import { createIdSet } from '../id-set.ts';
import { isLeft } from '../left.ts';
import { hintMissing } from '../missing.ts';
import type { Pass } from '../pass.ts';
import { instantOf, isNewer } from '../unpaired.ts';

/**
 * The list of all lines, of opportunities too, is compared line by line with the rows' images. One that was added, edited,
 * moved or deleted hints its delivery.
 */
export async function compareLines(pass: Pass): Promise<void> {
  const { vendors, findings } = pass;
  const seen = createIdSet();
  await vendors.webcrm.listLines(PRIORITY.import, async (rows) => {
    await pass.goOn();
    const owners = new Map<string, Promise<Owner>>();
    for (const row of rows) {
      seen.add(String(row.QuotationLineId));
      const id = text(row.QuotationLineOpportunityId);
      if (id === null) continue;
      const owner = owners.get(id) ?? ownerOf(pass, id);
      owners.set(id, owner);
      if (isNews(pass, await owner, row)) await findings.hint({ entity: 'delivery', side: 'webcrm', id }, 'differs');
    }
    findings.compared(rows.length);
    await findings.flush();
  });
  await hintMissing(pass, 'delivery', (pair) =>
    pair.state === 'linked' && pair.webcrmId !== null && lacks(pair) && !isLeft(pair, null)
      ? { entity: 'delivery', side: 'webcrm', id: pair.webcrmId }
      : null,
  );

  function lacks({ rows }: Pair): boolean {
    return (rows ?? []).some(({ lineId }) => lineId === null || !seen.has(lineId));
  }
}

interface Owner {
  readonly pair: Pair | null;
  /** When a delivery without a pair was refused; null: never, or it is none. */
  readonly refusedAt: number | null;
}

async function ownerOf({ store, tenant }: Pass, id: string): Promise<Owner> {
  const pair = await store.pairs.bySide(tenant.id, 'delivery', 'webcrm', id);
  if (pair !== null) return { pair, refusedAt: null };
  const refusal = await store.decisions.get(tenant.id, 'delivery', 'webcrm', id);
  // Opportunities share the ids of deliveries (webcrm.md 8.4): once asked for, such an id is never a delivery.
  return { pair, refusedAt: refusal === null || refusal.reason === 'gone-in-webcrm' ? null : refusal.at };
}

function isNews(pass: Pass, { pair, refusedAt }: Owner, row: WebcrmLine): boolean {
  if (pair === null) {
    // A delivery that was never hinted is the matter of the deliveries' own list.
    return refusedAt !== null && isNewer(pass, instantOf(row.QuotationLineUpdatedAt), refusedAt);
  }
  if (pair.state !== 'linked') return false;
  const image = pair.rows?.find(({ lineId }) => lineId === String(row.QuotationLineId));
  if (isLeft(pair, instantOf(row.QuotationLineUpdatedAt))) return false;
  return image === undefined || !linesShow([image], linesNow(pass.tenant.settings.documents, [row]));
}
