import type { Settings } from './types.ts';

/** A change of settings as the service takes it: what is left out stays as it is. */
export type SettingsChange = Partial<Omit<Settings, 'documents' | 'articles' | 'reconcile'>> & {
  documents?: Partial<Settings['documents']>;
  articles?: Partial<Settings['articles']>;
  reconcile?: Settings['reconcile'];
};

/** Custom fields of an organisation, in the order in which they matter; the first is always needed. */
export const ORGANISATION_USES = [
  'customerNumber',
  'organisationNumber',
  'email',
  'termsOfPayment',
  'currency',
  'otherStreet',
  'otherPostCode',
  'otherCity',
  'otherCountry',
  'status',
] as const;
/** Fields of a delivery; the first is always needed. */
export const DELIVERY_USES = [
  'number',
  'invoiceNumber',
  'invoiceDate',
  'invoiceBooked',
  'documentState',
  'deliveryDate',
  'ourReference',
  'yourReference',
  'yourOrderNumber',
  'remarks',
  'status',
] as const;

/** A whole tree at a dotted path, as one change. */
export function changeAt(path: string, value: unknown): SettingsChange {
  return path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as SettingsChange;
}
export const valueAt = (settings: Settings, path: string): unknown =>
  path.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], settings);
