import { type Entity, jobKey, type Pair, type Side } from '../../schemas/records.ts';

/** A record of one side. */
export interface RecordRef {
  readonly entity: Entity;
  readonly side: Side;
  readonly id: string;
}

/** The records that a pair holds. */
export const recordsOf = (pair: Pick<Pair, 'entity' | 'fortnoxKind' | 'webcrmId' | 'fortnoxId'>): RecordRef[] => [
  ...(pair.webcrmId === null ? [] : [{ entity: pair.entity, side: 'webcrm' as const, id: pair.webcrmId }]),
  ...(pair.fortnoxId === null ? [] : [{ entity: pair.fortnoxKind, side: 'fortnox' as const, id: pair.fortnoxId }]),
];

/** The lock that is held while a job works on the record. */
export const recordLock = (tenantId: string, record: RecordRef): string => `${tenantId}/${jobKey(record)}`;
