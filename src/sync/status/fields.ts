import type { Settings } from '../../../schemas/settings.ts';
import { organisationStatusColumn } from '../customer/map.ts';
import { deliveryStatusColumn } from '../document/map.ts';
import { type Column, express, type VendorRecord } from '../fields.ts';
import { text } from '../normalise.ts';
import { STATUS_TEXTS, type Status, tellsFailure } from './status.ts';

/** The two kinds of webCRM records that bear a status. */
export type Shown = 'organisation' | 'delivery';

const columnOf = (settings: Settings, kind: Shown): Column | null =>
  kind === 'organisation' ? organisationStatusColumn(settings) : deliveryStatusColumn(settings.documents);

/** Whether the settings name the field: without it nothing of R75 is written on records of this kind. */
export const showsStatus = (settings: Settings, kind: Shown): boolean => columnOf(settings, kind) !== null;

/** The fields that show a status; none when the settings name no field. The time tells when it was last in step, ms. */
export function statusFields(settings: Settings, kind: Shown, status: Status, now: number): Record<string, string> {
  const column = columnOf(settings, kind);
  if (column === null) return {};
  const fields = column.write(status.text) ?? {};
  if (kind === 'organisation') return fields;
  const time = status.erp === 'Synchronized' ? { DeliveryErpSyncDateTime: new Date(now).toISOString() } : {};
  return { ...fields, DeliveryErpStatus: status.erp, ...time };
}

/** The text that the record bears now. */
export const textOn = (settings: Settings, kind: Shown, record: VendorRecord): string | null =>
  columnOf(settings, kind)?.read(record) ?? null;

/** Whether a person sees this status on the record already. The time alone is no difference. */
export function bears(settings: Settings, kind: Shown, record: VendorRecord, status: Status): boolean {
  const column = columnOf(settings, kind);
  if (column === null) return true;
  const sameErp = kind === 'organisation' || text(record.DeliveryErpStatus) === status.erp;
  return sameErp && column.read(record) === express(column, status.text);
}

/** Whether the text on the record is one of ours, however it was cut. */
export function bearsOurs(settings: Settings, kind: Shown, record: VendorRecord): boolean {
  const column = columnOf(settings, kind);
  const now = column?.read(record) ?? null;
  if (column === null || now === null) return false;
  return tellsFailure(now) || STATUS_TEXTS.some((sentence) => express(column, sentence) === now);
}
