import type { Side } from '../../schemas/records.ts';
import type { Texts } from './fields.ts';

/** What a person did by hand in one vendor's screens, all fields of one saving. */
export interface Edit {
  readonly at: number;
  readonly side: Side;
  /** OrganisationId or CustomerNumber. */
  readonly id: string;
  readonly isNew: boolean;
  /** The vendor's own fields as typed. */
  readonly typed: Readonly<Texts>;
  /** The names of the shared fields that were touched. */
  readonly fields: readonly string[];
  /** How many writes of the service this side had taken before. */
  readonly writesBefore: number;
}

/** A write of the service that took effect at a vendor. */
export interface Write {
  readonly at: number;
  readonly side: Side;
  readonly method: 'POST' | 'PUT';
  readonly id: string;
  readonly fields: Readonly<Record<string, unknown>>;
}
