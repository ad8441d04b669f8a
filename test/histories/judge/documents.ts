import type { Pair } from '../../../schemas/records.ts';
import { type DocumentKind, webcrmRow } from '../faces.ts';
import type { RecordFields } from '../fields.ts';
import type { Born } from '../people/documents.ts';
import { type Ending, isSendStatus } from './ending.ts';
import { isSelected, type Parties } from './parties.ts';

const deliveryId = (delivery: RecordFields) => String(delivery.DeliveryId);
const NO_CURRENCY: readonly string[] = ['', '-- vælg --'];

/** The records that the service holds for halves of one thing. */
export const documentPairs = ({ pairs }: Ending): readonly Pair[] =>
  pairs.filter(({ entity }) => entity === 'delivery');
export const documentOf = (ending: Ending, kind: DocumentKind, number: string): RecordFields | null =>
  ending.documents[kind].find((one) => one.DocumentNumber === number) ?? null;
export const kindOf = (pair: Pair): DocumentKind => (pair.fortnoxKind === 'order' ? 'order' : 'invoice');

/** One document for a delivery and one delivery for a document: none too many, none missing. */
export function judgeDocuments(ending: Ending, parties: Parties): string[] {
  return [...judgeKeys(ending), ...judgeMadeInFortnox(ending, parties), ...judgeMadeInWebcrm(ending, parties)];
}

function judgeKeys({ documentWrites, deliveryWrites, removals }: Ending): string[] {
  // What a person deleted before a new start could find it was not there to be found.
  const deleted = new Set(removals.filter(({ entity }) => entity === 'delivery').map(({ id }) => id));
  const keys = [
    ...documentWrites.map(({ method, kind, body }) => ({ method, what: kind, key: body.ExternalInvoiceReference1 })),
    ...deliveryWrites
      .filter(({ id }) => !deleted.has(String(id)))
      .map(({ method, fields }) => ({ method, what: 'delivery', key: fields.DeliveryErpId })),
  ].filter(({ method }) => method === 'POST');
  const seen = new Set<string>();
  return keys.flatMap(({ what, key }) => {
    const text = key === undefined || key === null || key === '' ? null : String(key);
    if (text === null) return [`an ${what} was created without a key of ours`];
    if (seen.has(text)) return [`the key ${text} was used for more than one record`];
    seen.add(text);
    return [];
  });
}

/** The tenant wants such a delivery left alone: a discount on the whole, or an article that Fortnox lacks (R50). */
export function isRefused({ settings, lines, articles }: Ending, delivery: RecordFields): boolean {
  if (settings.documents.headerDiscount === 'refuse' && Number(delivery.DeliveryDiscount ?? 0) !== 0) return true;
  if (settings.documents.unknownArticle !== 'refuse') return false;
  const known = new Set(articles.map((one) => String(one.ArticleNumber)));
  const rows = (lines.get(Number(delivery.DeliveryId)) ?? []).map((line) => webcrmRow(line, settings));
  return rows.some(({ article }) => article !== '' && !known.has(article));
}

/** What stands in the way of a document at the end; null: it is due. */
function hindrance(ending: Ending, parties: Parties, delivery: RecordFields): string | null {
  const { settings, organisations, lines } = ending;
  const organisation = organisations.find((one) => one.OrganisationId === delivery.DeliveryOrganisationId);
  if (organisation === undefined || !isSelected(organisation)) return 'type';
  if (parties.organisationOf(parties.numberOf(organisation)) !== organisation) return 'customer';
  if (!isSendStatus(settings, delivery.DeliveryStatus)) return 'status';
  const own = lines.get(Number(delivery.DeliveryId)) ?? [];
  if (own.length === 0) return 'lines';
  const currency = String(delivery.DeliveryCurrencyName ?? '');
  const known = settings.documents.currencies.flatMap((one) => [one.webcrm, one.fortnox]);
  if (![...NO_CURRENCY, ...known].includes(currency)) return 'currency';
  if (isRefused(ending, delivery)) return 'refused';
  return null;
}

/** Documents that came from deliveries. */
function judgeMadeInFortnox(ending: Ending, parties: Parties): string[] {
  const problems: string[] = [];
  const { documentWrites, deliveryWrites, deliveries, settings } = ending;
  const pairs = documentPairs(ending);
  const byService = new Set(deliveryWrites.filter(({ method }) => method === 'POST').map(({ id }) => String(id)));
  for (const { method, kind, number } of documentWrites) {
    if (method !== 'POST') continue;
    const own = pairs.filter((pair) => kindOf(pair) === kind && pair.fortnoxId === number);
    const [pair] = own;
    if (own.length !== 1 || pair?.webcrmId == null) problems.push(`${kind} ${number}, made by us, has no delivery`);
    else if (byService.has(pair.webcrmId))
      problems.push(`${kind} ${number} was made from delivery ${pair.webcrmId}, which was made by us too`);
    else if (kind !== settings.documentMode) problems.push(`${kind} ${number} was made in the other mode`);
    else if (![...(ending.statuses.get(Number(pair.webcrmId)) ?? [])].some((one) => isSendStatus(settings, one)))
      problems.push(`${kind} ${number} was made though delivery ${pair.webcrmId} never had a status for it`);
  }
  for (const delivery of deliveries) {
    const id = deliveryId(delivery);
    const pair = pairs.find((one) => one.webcrmId === id);
    if (byService.has(id)) {
      if (pair?.fortnoxId == null) problems.push(`delivery ${id}, made by us, has no document`);
    } else if (hindrance(ending, parties, delivery) === null && pair?.fortnoxId == null)
      problems.push(
        `delivery ${id} has no document (${pair === undefined ? 'no pair' : `${pair.state} ${pair.reason}`})`,
      );
  }
  return problems;
}

/** Whether the document becomes a delivery: always, never, or left open by what happened to it. */
function isDue(ending: Ending, parties: Parties, { kind, number, orders, credits }: Born): 'due' | 'never' | 'open' {
  const { settings } = ending;
  const document = documentOf(ending, kind, number);
  if (document === null) return 'open';
  if (kind === 'order' && settings.documentMode === 'invoice') return 'never';
  if (orders.length > 0 && settings.documentMode === 'order') return 'never';
  if (credits !== null) {
    if (settings.documents.creditInvoices === 'on-original') return 'never';
    if (settings.documentMode === 'order') return 'open';
  }
  const organisation = parties.organisationOf(String(document.CustomerNumber));
  if (organisation === null) return 'open';
  const kinds = parties.lines.webcrm.of(String(organisation.OrganisationId), 'kind').map((entry) => entry.value);
  if (kinds.every((one) => one === null)) return 'never';
  if (!isSelected(organisation) || document.Cancelled === true) return 'open';
  if (document.VATIncluded === true && settings.documents.vatIncluded === 'refuse') return 'open';
  return 'due';
}

/** Deliveries that came from documents. */
function judgeMadeInWebcrm(ending: Ending, parties: Parties): string[] {
  const problems: string[] = [];
  const pairs = documentPairs(ending);
  const removed = new Set(ending.removals.flatMap(({ entity, id }) => (entity === 'delivery' ? [id] : [])));
  const byService = ending.deliveryWrites.filter(({ method }) => method === 'POST');
  for (const born of ending.born) {
    const name = `${born.kind} ${born.number}, born in Fortnox,`;
    const pair = pairs.find((one) => kindOf(one) === born.kind && one.fortnoxId === born.number);
    const has = pair?.webcrmId != null;
    const due = isDue(ending, parties, born);
    if (due === 'never' && has) problems.push(`${name} has a delivery, ${pair.webcrmId}`);
    if (due === 'due' && !has)
      problems.push(`${name} has no delivery (${pair === undefined ? 'no pair' : `${pair.state} ${pair.reason}`})`);
    const sameNumber = ending.numbered.get(Number(pair?.webcrmId)) === born.number;
    if (has && !sameNumber && !byService.some(({ id }) => String(id) === pair.webcrmId))
      problems.push(`${name} is tied to delivery ${pair.webcrmId}, which a person made`);
  }
  const bornPaired = new Set(
    ending.born.flatMap(
      ({ kind, number }) => pairs.find((one) => kindOf(one) === kind && one.fortnoxId === number)?.webcrmId ?? [],
    ),
  );
  for (const { id } of byService) {
    if (!bornPaired.has(String(id)) && !removed.has(String(id)))
      problems.push(`delivery ${id}, made by us, comes from no document that was born in Fortnox`);
  }
  return problems;
}
