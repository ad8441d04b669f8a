import type { Entity, Pair, Side } from '../../schemas/records.ts';

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
