import type { Side } from '../../../schemas/records.ts';
import { KINDS, type RecordFields, type SharedField } from '../fields.ts';
import { createTimelines, type Timelines } from '../timeline.ts';
import type { Ending } from './ending.ts';

/** Who belongs to whom, by the number that both show, and what each field of each was at every moment. */
export interface Parties {
  /** The other side's id, by side and id; also where one of the two was deleted by hand. */
  readonly partners: Readonly<Record<Side, ReadonlyMap<string, string>>>;
  readonly lines: Readonly<Record<Side, Timelines>>;
  numberOf(organisation: RecordFields): string;
  /** The organisation of a customer's number; null when none shows it, or the customer was deleted. */
  organisationOf(number: string): RecordFields | null;
}

export const isSelected = (organisation: RecordFields): boolean =>
  Object.hasOwn(KINDS, String(organisation.OrganisationType));

export function partiesOf({ organisations, customers, fields, edits, writes, removals }: Ending): Parties {
  const numberField = fields.find((field) => field.name === 'customerNumber') as SharedField;
  const numberOf = (organisation: RecordFields) => numberField.webcrm.read(organisation) ?? '';
  const numbers = new Set(customers.map((one) => String(one.CustomerNumber)));
  const byNumber = new Map(
    organisations.filter((one) => numbers.has(numberOf(one))).map((one) => [numberOf(one), one]),
  );
  const lines = {
    webcrm: createTimelines('webcrm', fields, edits, writes.webcrm),
    fortnox: createTimelines('fortnox', fields, edits, writes.fortnox),
  };
  const idOf = (one: RecordFields) => String(one.OrganisationId);
  const borne = (id: string) => lines.webcrm.of(id, numberField.name).map((entry) => entry.value ?? '');
  // By organisation, then number. Where a half was deleted by hand, the other may bear another number since, or be deleted as well.
  const deleted = removals.flatMap(({ entity, side, id }) => (entity === 'customer' && side === 'fortnox' ? [id] : []));
  const ever = new Set([...numbers, ...deleted]);
  const widowed = removals.flatMap(({ entity, side, id, number }): [string, string][] => {
    if (entity !== 'customer') return [];
    if (side === 'webcrm') {
      // Somebody may have typed another number over its own, and deleted it before its own was put back (R30).
      const own = [...borne(id), number].findLast((one) => ever.has(one));
      return own === undefined ? [] : [[id, own]];
    }
    return organisations.filter((one) => borne(idOf(one)).includes(id)).map((one) => [idOf(one), id]);
  });
  const linked = [...byNumber].map(([number, one]): [string, string] => [idOf(one), number]);
  const both = [...widowed, ...linked];
  return {
    partners: { webcrm: new Map(both), fortnox: new Map(both.map(([id, number]) => [number, id])) },
    lines,
    numberOf,
    organisationOf: (number) => byNumber.get(number) ?? null,
  };
}
