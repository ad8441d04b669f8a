import type { Pair } from '../../../../schemas/records.ts';
import { toStoredText } from '../../stored-text.ts';
import { idOf, present, type Row } from '../mongo.ts';

const text = (value: string | null | undefined): string | null => (value == null ? null : toStoredText(value));

/** The quotation lines of a pair, those of an open intent with them: a line may be deleted while its document is made. */
function linesOf(pair: Pair): string[] | null {
  const rows = [...(pair.rows ?? []), ...(pair.intent?.rows ?? [])];
  const lines = new Set(rows.flatMap((row) => (row.lineId === null ? [] : [toStoredText(row.lineId)])));
  return lines.size === 0 ? null : [...lines];
}

/** A pair as it is stored. Orders bear their invoice, or else the customer whose open order they are (R40). */
export function pairRow(pair: Pair): Row {
  const order = pair.fortnoxKind === 'order';
  return {
    _id: idOf(pair.tenant, pair.id),
    tenant: toStoredText(pair.tenant),
    id: toStoredText(pair.id),
    entity: pair.entity,
    fortnoxKind: pair.fortnoxKind,
    state: pair.state,
    ...present({
      webcrmId: text(pair.webcrmId),
      fortnoxId: text(pair.fortnoxId),
      invoiceRef: order ? text(pair.invoiceRef) : null,
      openOrderOf: order && pair.invoiceRef === null ? text(pair.customerNumber) : null,
      lines: linesOf(pair),
      intentKey: text(pair.intent?.key),
      reason: text(pair.reason),
    }),
    version: pair.version,
    updatedAt: pair.updatedAt,
    doc: JSON.stringify(pair),
  };
}
