import { type Activity, type Image, otherSide, type Pair, type Side } from '../../schemas/records.ts';
import { storeLine } from '../store/activity-line.ts';
import type { JobContext } from './context.ts';
import { isCut } from './normalise.ts';
import { type Reason, sentenceOf } from './reasons.ts';
import { recordsOf } from './record-ref.ts';

/** What a job's entity is called in pairs and in the log: a delivery, whichever half the hint spoke of. */
export const PAIR_ENTITY = {
  customer: 'customer',
  article: 'article',
  delivery: 'delivery',
  line: 'delivery',
  order: 'delivery',
  invoice: 'delivery',
} as const;

interface Line extends Partial<Pick<Activity, 'target' | 'changes' | 'lost'>> {
  readonly action: Activity['action'];
  readonly reasons: readonly Reason[];
  readonly pair: Pair | null;
}

/** Writes one line of the activity log: what, which record, before and after, and why (B2). */
export async function journal(context: JobContext, line: Line): Promise<void> {
  const { tenant, job } = context;
  const { pair, reasons, ...said } = line;
  await storeLine(context, {
    ...said,
    tenant: tenant.id,
    entity: PAIR_ENTITY[job.entity],
    webcrmId: pair?.webcrmId ?? (job.side === 'webcrm' ? job.id : null),
    fortnoxId: pair?.fortnoxId ?? (job.side === 'fortnox' ? job.id : null),
    pairId: pair?.id ?? null,
    reasons,
    message: reasons.map(sentenceOf).join(' '),
    job: job.key,
  });
}

/** Logs that a record was made on `target`, with what was sent and whether it was cut there; an earlier refusal of it no longer stands. */
export async function journalCreated(
  context: JobContext,
  pair: Pair,
  target: Side,
  sent: Image,
  reasons: readonly Reason[],
): Promise<void> {
  const changes = Object.entries(sent).flatMap(([field, after]) =>
    after === null || after === undefined ? [] : [{ field, before: null, after }],
  );
  const told: readonly Reason[] = isMadeWithCuts(pair, target) ? [...reasons, 'value-cut'] : reasons;
  await forgetRefusals(context, pair);
  await journal(context, { action: 'created', target, changes, reasons: told, pair });
}

/** R76, by the images: of the head, and of the text of each row. A kind is named otherwise on each side. */
function isMadeWithCuts({ base, rows }: Pair, target: Side): boolean {
  const source = otherSide(target);
  const fields = Object.entries(base?.[target] ?? {}).filter(([field]) => field !== 'kind');
  return (
    fields.some(([field, shown]) => shown !== null && isCut(base?.[source][field] ?? null, shown)) ||
    (rows ?? []).some((row) => isCut(row[source].text, row[target].text))
  );
}

/**
 * A decision not to write, for a record without a pair: logged when its reason changes, not each time. `waitsFor` names the
 * customer whose link brings the record again.
 */
export async function journalRefusal(context: JobContext, reason: Reason, waitsFor?: string): Promise<void> {
  const { store, tenant, job, runtime } = context;
  const isNew = await store.decisions.set(tenant.id, job.entity, job.side, job.id, reason, runtime.now(), waitsFor);
  if (isNew) await journal(context, { action: 'not-written', reasons: [reason], pair: null });
}

/** Both records have a pair now: an earlier refusal of either no longer stands, whichever of them brought the pair about. */
export async function forgetRefusals(
  { store, runtime }: Pick<JobContext, 'store' | 'runtime'>,
  pair: Pair,
): Promise<void> {
  for (const { entity, side, id } of recordsOf(pair))
    await store.decisions.set(pair.tenant, entity, side, id, null, runtime.now());
}
