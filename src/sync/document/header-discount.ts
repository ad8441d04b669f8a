import type { DocumentSettings } from '../../../schemas/settings.ts';
import type { WebcrmDelivery } from '../../vendors/webcrm/types.ts';
import { decimal, isZero } from '../decimal.ts';

/** R45: whether the delivery has a discount on the whole, which no document of Fortnox can hold, and the tenant wants to know. */
export const hasRefusedDiscount = ({ headerDiscount }: DocumentSettings, delivery: WebcrmDelivery): boolean =>
  headerDiscount === 'refuse' && !isZero(decimal(delivery.DeliveryDiscount));
