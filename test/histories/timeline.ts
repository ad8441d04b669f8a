import type { Side } from '../../schemas/records.ts';
import type { Edit, Write } from './diary.ts';
import type { SharedField } from './fields.ts';

/** A field of one record on one side takes this value at this time. */
export interface Entry {
  readonly at: number;
  readonly value: string | null;
  readonly by: Edit | Write;
  readonly byHand: boolean;
}

/** In the order in which they took effect. */
function inOrder(edits: readonly Edit[], writes: readonly Write[]): { act: Edit | Write; byHand: boolean }[] {
  const all: { act: Edit | Write; byHand: boolean }[] = [];
  let done = 0;
  for (const edit of edits) {
    for (; done < edit.writesBefore; done += 1) all.push({ act: writes[done] as Write, byHand: false });
    all.push({ act: edit, byHand: true });
  }
  for (const write of writes.slice(done)) all.push({ act: write, byHand: false });
  return all;
}

/** Follows every field of every record of one side through the history, by replaying what was saved. */
export function createTimelines(
  side: Side,
  fields: readonly SharedField[],
  edits: readonly Edit[],
  writes: readonly Write[],
) {
  const images = new Map<string, Record<string, unknown>>();
  const lines = new Map<string, Entry[]>();
  for (const { act, byHand } of inOrder(
    edits.filter((edit) => edit.side === side),
    writes,
  )) {
    const image = images.get(act.id) ?? (side === 'fortnox' ? { CustomerNumber: act.id } : {});
    images.set(act.id, image);
    const saved = 'typed' in act ? act.typed : act.fields;
    const isNew = 'typed' in act ? act.isNew : act.method === 'POST';
    // Fortnox clears a field by this word.
    for (const [name, value] of Object.entries(saved)) image[name] = value === 'API_BLANK' ? '' : value;
    for (const field of fields) {
      if (!isNew && !field[side].columns.some((column) => column in saved)) continue;
      const key = `${act.id}/${field.name}`;
      const line = lines.get(key) ?? [];
      lines.set(key, line);
      line.push({ at: act.at, value: field[side].read(image), by: act, byHand });
    }
  }
  return {
    of: (id: string, field: string): readonly Entry[] => lines.get(`${id}/${field}`) ?? [],
    keys: (): readonly string[] => [...lines.keys()],
  };
}
export type Timelines = ReturnType<typeof createTimelines>;

/** Whether the field had this value at any moment from `from` to `to`, by an entry that counts. */
export function had(
  line: readonly Entry[],
  value: string | null,
  from: number,
  to: number,
  counts: (entry: Entry) => boolean = () => true,
): boolean {
  return line.some((entry, index) => {
    const end = line[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    return entry.value === value && entry.at <= to && end >= from && counts(entry);
  });
}
