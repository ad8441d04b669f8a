import type { Image, PairBase, Side } from '../../schemas/records.ts';
import { otherSide } from '../../schemas/records.ts';
import { express, type FieldLine } from './fields.ts';

/** The fields to send for a new record; empty ones are left out, so that the vendor fills its defaults. */
export function fieldsFor(map: readonly FieldLine[], target: Side, view: Image): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const line of map) {
    const value = view[line.field];
    if (value !== null && value !== undefined) Object.assign(fields, line[target].write(value));
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}

/**
 * The base after a create, from what was sent. A value that the target filled by itself has no base and flows back (R21), as
 * does a field that is Fortnox's own. `answer` is the new record as the target showed it, when it did.
 */
export function baseAfterCreate(map: readonly FieldLine[], source: Side, sent: Image, answer: Image | null): PairBase {
  const images: Record<Side, Record<string, string | null>> = { webcrm: {}, fortnox: {} };
  const target = otherSide(source);
  for (const line of map) {
    const value = sent[line.field];
    if (value === undefined || (line.owner === 'fortnox' && source === 'webcrm')) continue;
    const given = value === null ? null : express(line[target], value);
    const image = answer === null ? given : answer[line.field];
    if (image === undefined || (value === null && image !== null)) continue;
    images[source][line.field] = value;
    images[target][line.field] = image;
  }
  return images;
}
