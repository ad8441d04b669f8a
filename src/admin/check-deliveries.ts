import type { DocumentSettings } from '../../schemas/settings.ts';
import { text } from '../sync/normalise.ts';
import type { WebcrmDelivery } from '../vendors/webcrm/types.ts';
import { attempt, type CheckItem, milder, noted, passed, refusal, warned } from './check-items.ts';
import { quoted } from './check-settings.ts';

/** Deliveries whose numbers are looked for in Fortnox: one call each. */
const LOOKED_FOR = 2;
/** Codes that are shown of those in use. */
const MOST_CODES = 10;

/** What deliveries of the system look like, and whether the settings fit them. */
export function checkDeliveries(settings: DocumentSettings, deliveries: readonly WebcrmDelivery[]): CheckItem[] {
  return [checkStatuses(settings), checkCurrencies(settings, deliveries)];
}

function checkStatuses({ sendStatuses }: DocumentSettings): CheckItem {
  const name = 'webcrm-send-statuses';
  return sendStatuses.length > 0
    ? passed(name, `A delivery becomes a document when its status is one of ${quoted(sendStatuses)}.`)
    : warned(
        name,
        'No status makes a delivery a document, so none is ever sent to Fortnox.',
        'Choose at least one status in documents.sendStatuses.',
      );
}

/** webCRM's currency codes are its own, such as 00 (webcrm.md 8.3): one that is not in the table is left alone. */
function checkCurrencies({ currencies }: DocumentSettings, deliveries: readonly WebcrmDelivery[]): CheckItem {
  const name = 'webcrm-delivery-currencies';
  const used = new Set(deliveries.map((delivery) => text(delivery.DeliveryCurrencyName)));
  const unknown = [...used].filter(
    (code) => code !== null && !/^[A-Z]{3}$/.test(code) && !currencies.some((row) => row.webcrm === code),
  );
  if (unknown.length === 0)
    return passed(name, 'Every currency code of the deliveries that were looked at is known to the settings.');
  const bear = `Deliveries in webCRM bear currency codes that the settings do not know: ${quoted(unknown.slice(0, MOST_CODES).map(String))}`;
  // Without a table the currency is not synchronised, and nobody asked for it.
  if (currencies.length === 0)
    return noted(
      name,
      `${bear}. The currency of deliveries is left alone: documents take that of the customer.`,
      'Name the ISO code for each in documents.currencies if documents shall have the currency of their delivery.',
    );
  return warned(
    name,
    `${bear}.`,
    'Name the ISO code for each in documents.currencies; until then the currency of such a delivery is left alone.',
  );
}

/**
 * Whether webCRM numbers deliveries by itself, which would make numbers that collide with those of documents: two deliveries with
 * one number lock each other against every change by the API (webcrm.md 8.3). It cannot be read off the set-up, only guessed from
 * the newest numbers of a list. `hasDocument` tells whether Fortnox has a document with this number.
 */
export async function checkNumbering(
  settings: DocumentSettings,
  deliveries: readonly WebcrmDelivery[],
  hasDocument: (number: string) => Promise<boolean>,
): Promise<CheckItem> {
  const name = 'webcrm-delivery-numbering';
  const field = settings.fields.number;
  if (field !== 'DeliveryNumber')
    return passed(
      name,
      `Document numbers are shown in ${field}, so webCRM's own numbering of deliveries does no harm.`,
    );
  const off = 'Automatic numbering of deliveries must be off in webCRM: deliveries with equal numbers lock each other';
  const remedy = `Switch automatic numbering of deliveries off in webCRM, or name another field in documents.fields.number.`;
  // An ERP id is what an integration gives to the deliveries that it makes and numbers itself.
  const newest = deliveries
    .filter((delivery) => text(delivery.DeliveryErpId) === null)
    .toSorted((one, other) => other.DeliveryId - one.DeliveryId)
    .flatMap((delivery) => text(delivery.DeliveryNumber) ?? [])
    .slice(0, LOOKED_FOR);
  if (newest.length === 0) return noted(name, `${off}. No delivery that was looked at has a number yet.`, remedy);
  const strange: string[] = [];
  for (const number of newest) {
    const found = await attempt(async () => /^\d{1,9}$/.test(number) && (await hasDocument(number)));
    if (!found.ok) return milder(refusal(name, 'Fortnox', found.error));
    if (!found.value) strange.push(number);
  }
  return strange.length === 0
    ? passed(name, `${off}; it seems to be: the newest numbers are those of documents in Fortnox.`)
    : warned(
        name,
        `${off}. It is probably on: Fortnox has no document with the number ${quoted(strange)}, which the newest deliveries bear.`,
        remedy,
      );
}
