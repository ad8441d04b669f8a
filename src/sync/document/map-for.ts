import type { DeliveryField } from '../../../schemas/delivery.ts';
import type { DocumentKind } from '../../vendors/fortnox/types.ts';
import type { JobContext } from '../context.ts';
import type { FieldLine } from '../fields.ts';
import { deliveryMap } from './map.ts';

/**
 * The field map of a document. Its number is shown where documents of its kind count; with `DeliveryNumber` also not where
 * another pair bears the same number from before the mode was changed: two deliveries with one number lock each other
 * (webcrm.md 8.3). `number` null: it has none yet.
 */
export async function mapFor(
  { store, tenant, calendar }: Pick<JobContext, 'store' | 'tenant' | 'calendar'>,
  kind: DocumentKind,
  number: string | null,
): Promise<readonly FieldLine<DeliveryField>[]> {
  const { documents, documentMode } = tenant.settings;
  let showsNumber = kind === documentMode;
  if (showsNumber && number !== null) {
    const other = kind === 'order' ? 'invoice' : 'order';
    const twin = await store.pairs.bySide(tenant.id, other, 'fortnox', number);
    showsNumber = twin?.base?.webcrm.number !== number;
  }
  return deliveryMap(documents, { kind, showsNumber, calendar: calendar(documents.timeZone) });
}
