import type { ArticleField } from '../../../schemas/article.ts';
import type { FieldChange, Image, Pair } from '../../../schemas/records.ts';
import { isSyncError } from '../../errors/sync-error.ts';
import type { JobOutcome } from '../../queue/types.ts';
import type { WebcrmItem } from '../../vendors/webcrm/types.ts';
import type { JobContext } from '../context.ts';
import { type FieldLine, readSide } from '../fields.ts';
import { journal } from '../journal.ts';
import { dataText, EMPTY_DATA } from '../normalise.ts';
import { busy, DONE } from '../outcome.ts';
import { type FieldDecision, planFields } from '../planner.ts';
import { provenPut, whileProving } from '../proven-put.ts';
import type { Reason } from '../reasons.ts';
import { remember } from '../remember.ts';
import { withoutDashes } from '../webcrm-record.ts';
import { dataField, linesOf, marked } from './map.ts';

/** What an item is to show. */
export interface ItemTarget {
  /** The canonical article, whole. */
  readonly article: Image;
  readonly map: readonly FieldLine<ArticleField>[];
  /** Whether the mark of an inactive article stands before the name. */
  readonly marked: boolean;
  readonly state: 'linked' | 'gone';
  /** Why the pair is as it is; null: nothing is to be told. */
  readonly standing: Reason | null;
}

/** Reasons that describe a state which ends, unlike those that tell what happened. */
const PASSING: ReadonlySet<string | null> = new Set([
  'article-inactive',
  'articles-not-followed',
  'gone-in-fortnox',
  'gone-in-webcrm',
  'match-ambiguous',
]);

/** Brings an item in step with its article (R60). Nothing is stored or logged when nothing is to do. */
export async function settleItem(
  context: JobContext,
  pair: Pair,
  item: WebcrmItem,
  target: ItemTarget,
): Promise<JobOutcome> {
  const { vendors, job } = context;
  const id = String(item.QuotationLineLinkedDataItemId);
  const plan = planItem(context, pair, item, target);
  const { writes, changes } = plan;
  try {
    await whileProving(context, Object.keys(writes).length > 0 ? ['item'] : [], async () => {
      if (plan.lost.length > 0) {
        // Before the write: when its answer is lost, the next plan finds the item in step and has nothing to tell.
        await journal(context, { action: 'conflict', lost: plan.lost, reasons: plan.reasons, pair });
      }
      if (Object.keys(writes).length > 0) {
        await provenPut(context, { kind: 'item', id, before: withoutDashes(item), fields: writes });
      }
    });
  } catch (error) {
    const refused = isSyncError(error) && error.code === 'vendor-refused';
    if (!refused || (await vendors.webcrm.getItem(id, job.priority)) !== null) throw error;
    await journal(context, { action: 'not-written', reasons: ['lost-race'], pair });
    return busy('the item was deleted between our read and our write');
  }
  const reasons = changes.length === 0 && plan.reasons.length === 0 ? keptReasons(pair) : plan.reasons;
  const base = { webcrm: plan.nextBase.webcrm, fortnox: { ...pair.base?.fortnox, ...target.article } };
  await remember(context, pair, { changes: { webcrm: changes, fortnox: [] }, reasons }, { state: target.state, base });
  return DONE;
}

/** What is known of a pair stays told until something else happens: our own echo changes nothing in the store. */
const keptReasons = ({ reason }: Pair): Reason[] => (reason === null || PASSING.has(reason) ? [] : [reason as Reason]);

interface ItemPlan extends Pick<FieldDecision, 'lost' | 'nextBase' | 'reasons'> {
  readonly writes: Readonly<Record<string, string>>;
  readonly changes: readonly FieldChange[];
}

function planItem({ tenant }: JobContext, pair: Pair, item: WebcrmItem, target: ItemTarget): ItemPlan {
  const map = linesOf(target.map, target.article);
  const shown = readSide(map, 'webcrm', item);
  const decision = planFields({
    map,
    base: pair.base,
    webcrm: shown,
    fortnox: target.article,
    policy: 'fortnox',
    // One way: what was typed in webCRM stays there or is put back, it goes nowhere.
    permit: (_line, side) => ({ ok: side === 'webcrm' }),
  });
  const named = withMark(decision, item, dataField(tenant.settings.documents.items.name), target.marked);
  return {
    ...named,
    lost: decision.lost,
    nextBase: decision.nextBase,
    reasons: [...(target.standing === null ? [] : [target.standing]), ...reasonsOf(pair, decision, shown)],
  };
}

/** The writes with the name as it is to be shown, marked or not, whoever gave the name (R60). */
function withMark(
  { writes, changes }: FieldDecision,
  item: WebcrmItem,
  column: string,
  isMarked: boolean,
): Pick<ItemPlan, 'writes' | 'changes'> {
  const before = dataText(item[column]);
  const planned = writes.webcrm[column];
  const after = marked(planned === undefined ? before : dataText(planned), isMarked);
  const others = changes.webcrm.filter(({ field }) => field !== 'name');
  if (after === before) {
    const { [column]: _same, ...rest } = writes.webcrm;
    return { writes: rest, changes: others };
  }
  return {
    writes: { ...writes.webcrm, [column]: after ?? EMPTY_DATA },
    changes: [...others, { field: 'name', before, after }],
  };
}

/** The planner's reasons in the words of the register: what was typed there was put back, or gave way at the first link. */
function reasonsOf({ base }: Pair, { changes, lost }: FieldDecision, shown: Image): Reason[] {
  if (base === null) return lost.length > 0 ? ['first-link-overwrote'] : [];
  const emptied = ({ field }: FieldChange): boolean =>
    (base.webcrm[field] ?? null) !== null && (shown[field] ?? null) === null;
  return lost.length > 0 || changes.webcrm.some(emptied) ? ['item-put-back'] : [];
}
