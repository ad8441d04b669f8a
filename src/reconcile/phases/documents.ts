import { type Pair, PRIORITY } from '../../../schemas/records.ts';
import { isNeeded } from '../../intake/followed.ts';
import { dateOf, documentRecord } from '../../sync/document/map.ts';
import { mapFor } from '../../sync/document/map-for.ts';
import type { VendorRecord } from '../../sync/fields.ts';
import { documentStart } from '../../sync/start-date.ts';
import type { DocumentKind, FortnoxDocumentRow } from '../../vendors/fortnox/types.ts';
import { createIdSet } from '../id-set.ts';
import { hintMissing, overPairs } from '../missing.ts';
import { showsPart } from '../part.ts';
import type { Pass } from '../pass.ts';
import { isUnseen } from '../unpaired.ts';

/**
 * Fortnox's list holds a part of each document's head and no rows (fortnox.md 11). Rows that were edited there are found by the
 * poll, whatever was lost, or when their turn comes.
 */
export async function compareDocuments(pass: Pass, kind: DocumentKind): Promise<void> {
  const { vendors, store, tenant, findings } = pass;
  // Another mode's documents may lie outside the tenant's licence: they are asked for only where pairs hold some (R49).
  if (!isNeeded(tenant, kind) && !(await hasPairs(pass, kind))) return;
  const seen = createIdSet();
  await vendors.fortnox.listDocuments(kind, null, PRIORITY.import, async (rows) => {
    await pass.goOn();
    for (const row of rows) {
      const record = { entity: kind, side: 'fortnox', id: row.DocumentNumber } as const;
      seen.add(record.id);
      const pair = await store.pairs.bySide(tenant.id, kind, 'fortnox', record.id);
      if (pair !== null) {
        if (await differs(pass, kind, pair, row)) await findings.hint(record, 'differs');
        continue;
      }
      const orders = kind === 'invoice' ? await store.pairs.byInvoice(tenant.id, record.id) : [];
      if (orders.length > 0) await compareOrders(pass, orders, row);
      else if (await comesByItself(pass, kind, row)) await findings.hint(record, 'new');
    }
    findings.compared(rows.length);
    await findings.flush();
  });
  await hintMissing(pass, 'delivery', ({ fortnoxKind, fortnoxId: id }) =>
    fortnoxKind !== kind || id === null || seen.has(id) ? null : { entity: kind, side: 'fortnox', id },
  );
}

async function hasPairs(pass: Pass, kind: DocumentKind): Promise<boolean> {
  let found = false;
  await overPairs(pass, 'delivery', async (pair) => {
    found ||= pair.fortnoxKind === kind;
  });
  return found;
}

async function differs(pass: Pass, kind: DocumentKind, pair: Pair, row: FortnoxDocumentRow): Promise<boolean> {
  if (pair.state !== 'linked') return false;
  if (pair.base === null || row.CustomerNumber !== pair.customerNumber) return true;
  const map = await mapFor(pass, kind, row.DocumentNumber);
  return !showsPart(map, 'fortnox', listed(kind, row), pair.base.fortnox);
}

/** What an invoice tells the deliveries of the orders that it was made from (R40). */
async function compareOrders(pass: Pass, orders: readonly Pair[], row: FortnoxDocumentRow): Promise<void> {
  const { DocumentNumber: _number, ...shown } = listed('invoice', row);
  const told = Object.fromEntries(Object.entries(shown).filter(([name]) => !Object.hasOwn(row, name)));
  for (const { state, fortnoxId, base } of orders) {
    if (state !== 'linked' || fortnoxId === null || base === null) continue;
    const map = await mapFor(pass, 'order', fortnoxId);
    if (!showsPart(map, 'fortnox', told, base.fortnox))
      await pass.findings.hint({ entity: 'order', side: 'fortnox', id: fortnoxId }, 'differs');
  }
}

/** A row as the map reads documents, without what the list does not show: references to other documents. */
function listed(kind: DocumentKind, row: FortnoxDocumentRow): VendorRecord {
  const invoice = kind === 'invoice' ? row : null;
  const { invoiceNumber, invoiceDate, invoiceBooked, documentState, ...own } = documentRecord({
    kind,
    document: row,
    invoice,
    shared: false,
  });
  return {
    ...own,
    ...(invoice === null ? {} : { invoiceNumber, invoiceDate, invoiceBooked }),
    ...(row.Cancelled === true ? { documentState } : {}),
  };
}

async function comesByItself(pass: Pass, kind: DocumentKind, row: FortnoxDocumentRow): Promise<boolean> {
  const { tenant } = pass;
  if (!isNeeded(tenant, kind) || row.Cancelled === true) return false;
  const date = dateOf(kind, row);
  if (date !== null && date < documentStart(tenant)) return false;
  return isUnseen(pass, { entity: kind, side: 'fortnox', id: row.DocumentNumber }, null);
}
