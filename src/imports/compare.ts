import type { Listed } from '../../schemas/imports.ts';
import type { FieldChange, Image, Pair, Side } from '../../schemas/records.ts';
import { PRIORITY, SIDES } from '../../schemas/records.ts';
import { listedArticle } from '../intake/article-list.ts';
import { articleMap, linesOf } from '../sync/article/map.ts';
import { customerMap, numberInWebcrm } from '../sync/customer/map.ts';
import { plan } from '../sync/customer/plan.ts';
import { isSelected } from '../sync/customer/types-filter.ts';
import { readSide } from '../sync/fields.ts';
import { importWinner } from '../sync/listed.ts';
import { planFields } from '../sync/planner.ts';
import type { TenantConnection } from '../vendors/connections-types.ts';
import type { FortnoxArticleRow } from '../vendors/fortnox/types.ts';
import type { WebcrmOrganisation } from '../vendors/webcrm/types.ts';
import type { VerdictDeps } from './verdict.ts';

export interface CompareDeps extends VerdictDeps {
  readonly vendors: TenantConnection;
}

type Compared = Pick<Listed, 'outcome' | 'reason' | 'lost'>;

/**
 * What would be written of a record that has its partner, and every value that would be overwritten (R21). A customer costs one
 * read of Fortnox, whose list shows a part only; articles none; documents are not compared. Raises what the client raises.
 */
export async function compare(deps: CompareDeps, record: Listed, partner: string): Promise<Compared | null> {
  if (record.kind === 'customer') return compareCustomer(deps, record, partner);
  return record.kind === 'article' ? compareArticle(deps, record, partner) : null;
}

const GONE: Compared = { outcome: 'skip', reason: 'gone-in-fortnox', lost: [] };

async function compareCustomer(deps: CompareDeps, record: Listed, partner: string): Promise<Compared | null> {
  const { store, tenant, run, vendors } = deps;
  const { settings } = tenant;
  const [webcrmId, number] = record.side === 'webcrm' ? [record.id, partner] : [partner, record.id];
  const customer = await vendors.fortnox.getCustomer(number, PRIORITY.import);
  if (customer === null) return GONE;
  const listed =
    record.side === 'webcrm' ? record : await store.listed.get(tenant.id, run.id, 'customer', 'webcrm', webcrmId);
  const known = listed === null || listed.stale ? null : (listed.record as WebcrmOrganisation | null);
  const organisation = known ?? (await vendors.webcrm.getOrganisation(webcrmId, PRIORITY.import));
  if (organisation === null) return { ...GONE, reason: 'gone-in-webcrm' };
  const map = customerMap(settings);
  const { changes, reasons } = plan({
    map,
    base: await baseOf(deps, record),
    webcrm: readSide(map, 'webcrm', organisation),
    fortnox: readSide(map, 'fortnox', customer),
    number: { webcrm: numberInWebcrm(settings, organisation), fortnox: customer.CustomerNumber },
    settings,
    selected: isSelected(settings, organisation),
    firstLink: importWinner(run),
  });
  return told(changes, reasons[0] ?? record.reason);
}

/** Of an article, the columns that the list shows. */
async function compareArticle(deps: CompareDeps, record: Listed, partner: string): Promise<Compared | null> {
  const { store, tenant, run } = deps;
  const { settings } = tenant;
  const item = await store.listed.get(tenant.id, run.id, 'article', 'webcrm', partner);
  if (item?.record === null || item === null || record.record === null) return null;
  const article: Image = listedArticle(record.record as FortnoxArticleRow, settings.articles.priceList);
  const map = linesOf(articleMap(settings), article);
  const { changes, reasons } = planFields({
    map,
    base: await baseOf(deps, record),
    webcrm: readSide(map, 'webcrm', item.record),
    fortnox: article,
    policy: 'fortnox',
    permit: (_line, target) => ({ ok: target === 'webcrm' }),
  });
  return told(changes, reasons[0] ?? record.reason);
}

async function baseOf({ store, tenant }: CompareDeps, { kind, side, id }: Listed): Promise<Pair['base']> {
  return (await store.pairs.bySide(tenant.id, kind, side, id))?.base ?? null;
}

function told(changes: Readonly<Record<Side, readonly FieldChange[]>>, reason: string | null): Compared {
  const all = SIDES.flatMap((side) => changes[side].map((change) => ({ ...change, side })));
  return {
    outcome: all.length > 0 ? 'update' : 'match',
    reason,
    lost: all.filter(({ before }) => before !== null),
  };
}
