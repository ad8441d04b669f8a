import { otherSide, type Side } from '../../../schemas/records.ts';
import { keyOf, type TypedValue, valuesIn } from '../typed-values.ts';
import { documentPairs, kindOf } from './documents.ts';
import type { Ending } from './ending.ts';

/**
 * No value that a person typed into a delivery, a document or a row is overwritten unseen: it still stands there, the
 * other side got it, or the activity log has it. Counts apart what a write overran within the gap.
 */
export function judgeTypedValues(ending: Ending): { problems: string[]; gapEdits: number } {
  const problems: string[] = [];
  let gapEdits = 0;
  const standing: Record<Side, Set<string>> = {
    webcrm: new Set([...ending.deliveries, ...[...ending.lines.values()].flat()].flatMap(valuesIn)),
    fortnox: new Set([...ending.documents.order, ...ending.documents.invoice].flatMap(valuesIn)),
  };
  const sent = sentBy(ending);
  const withVat = recordsWithVat(ending);
  for (const one of ending.typed) {
    // Prices with VAT are converted on the way (R45): they cannot be followed by their value.
    if (one.kind === 'price' && withVat.has(one.record)) continue;
    // What is Fortnox's own goes with its row, which webCRM may delete.
    if (one.ownToFortnox && !standing.fortnox.has(`text ${one.row}`)) continue;
    if (one.replacedAt !== null || standing[one.side].has(keyOf(one))) continue;
    const arrived = sent[otherSide(one.side)].get(keyOf(one));
    if (arrived !== undefined && arrived >= one.at) continue;
    if (isLogged(ending, one)) continue;
    if (isInGap(ending, one)) gapEdits += 1;
    else problems.push(`${one.column} of ${one.record} in ${one.side}: "${one.value}" was lost and no line says so`);
  }
  return { problems, gapEdits };
}

/** Documents with prices including VAT, what was made of them, and their deliveries. */
export function recordsWithVat(ending: Ending): Set<string> {
  const found = new Set<string>();
  for (const { kind, number, withVat, orders, credits } of ending.born) {
    const from = [...orders.map((one) => `order ${one}`), `invoice ${credits}`];
    if (!withVat && !from.some((one) => found.has(one))) continue;
    found.add(`${kind} ${number}`);
    const pair = documentPairs(ending).find((it) => kindOf(it) === kind && it.fortnoxId === number);
    if (pair !== undefined) found.add(`delivery ${pair.webcrmId}`);
  }
  return found;
}

/** When each value was last written by the service, by side. */
function sentBy({ documentWrites, deliveryWrites, lineWrites }: Ending): Record<Side, Map<string, number>> {
  const sent: Record<Side, Map<string, number>> = { webcrm: new Map(), fortnox: new Map() };
  for (const { at, body } of documentWrites) for (const value of valuesIn(body)) sent.fortnox.set(value, at);
  for (const { at, fields } of [...deliveryWrites, ...lineWrites])
    for (const value of valuesIn(fields)) sent.webcrm.set(value, Math.max(at, sent.webcrm.get(value) ?? 0));
  return sent;
}

function isLogged({ activity }: Ending, { side, record, value, row }: TypedValue): boolean {
  const [, id] = record.split(' ');
  return activity.some(
    (line) =>
      line.entity === 'delivery' &&
      (side === 'webcrm' ? line.webcrmId : line.fortnoxId) === id &&
      line.lost.some(
        (lost) =>
          lost.side === side &&
          lost.before !== null &&
          (lost.before === value ||
            // A whole row is told by its article, text, quantity and price.
            (/^rows\.\d+$/.test(lost.field) &&
              (lost.before.includes(value) || (row !== '' && lost.before.includes(row))))),
      ),
  );
}

/** A write of the service took effect there moments after. */
function isInGap(
  { documentWrites, deliveryWrites, lineWrites, gapMs }: Ending,
  { at, side, record }: TypedValue,
): boolean {
  const soon = (write: { at: number }) => write.at >= at && write.at - at <= gapMs;
  if (side === 'fortnox') return documentWrites.some((it) => soon(it) && `${it.kind} ${it.number}` === record);
  return deliveryWrites.some((it) => soon(it) && `delivery ${it.id}` === record) || lineWrites.some(soon);
}
