import type { PairEntity, Side } from '../../schemas/records.ts';
import type { Write } from './gate.ts';
import type { Call } from './http.ts';

/** Raises when this kind of record may not be written on this side now; asked of each write when its slot is there. */
export type MayWrite = (side: Side, entity: PairEntity) => Promise<void>;

/** Which kind of record lies under which address. What is not named here (logins, hooks) is no record of a tenant's. */
const RECORDS: Readonly<Record<Side, Readonly<Record<string, PairEntity>>>> = {
  webcrm: {
    '/Organisations': 'customer',
    '/Deliveries': 'delivery',
    '/QuotationLines': 'delivery',
    '/QuotationLines/LinkedData': 'article',
  },
  fortnox: {
    '/3/customers': 'customer',
    '/3/articles': 'article',
    '/3/orders': 'delivery',
    '/3/invoices': 'delivery',
  },
};

/** The kind of record that a call writes; null: it writes none. */
export function writtenBy(side: Side, { method, route }: Pick<Call, 'method' | 'route'>): PairEntity | null {
  if (method === 'GET') return null;
  return RECORDS[side][route.replace(/\/\{[a-z]+\}$/, '')] ?? null;
}

/** The call as the gate has to know it; undefined: it writes no record. */
export function writeOf(
  side: Side,
  call: Pick<Call, 'method' | 'route'>,
  mayWrite: MayWrite | undefined,
): Write | undefined {
  const entity = writtenBy(side, call);
  return entity === null ? undefined : { may: async () => mayWrite?.(side, entity) };
}
