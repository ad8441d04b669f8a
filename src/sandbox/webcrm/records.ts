import { clone } from '../common/clone.ts';
import { answered, emptyValue, type FieldSpec, type Row, stamp, type Table, type Value } from './fields.ts';
import { RaceRefusal, Refusal } from './refusal.ts';
import type { WebcrmSwitches } from './switches.ts';
import { checkedFields } from './validate.ts';

export type RecordEvent = 'Create' | 'Update' | 'Delete';
export type Author = 'api' | 'person';
/** A write through the API that took effect. */
export interface RecordWrite {
  readonly at: number;
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly id: number;
  readonly fields: Readonly<Record<string, unknown>>;
}
/** Something that happened to a row: what it held before and holds now, as stored. */
export interface Change {
  readonly event: RecordEvent;
  readonly table: Table;
  readonly id: number;
  readonly before: Row | null;
  readonly row: Row;
  readonly author: Author;
}

const AUTHORS: Readonly<Record<Author, string>> = { api: 'api2 sandbox', person: 'Karin Holm' };

export interface RecordsDeps {
  readonly table: Table;
  readonly now: () => number;
  /** Numbers reads and changes in their order; two within one millisecond are told apart. */
  readonly moment: () => number;
  readonly switches: WebcrmSwitches;
  /** Raises when a value names a record that does not exist. */
  readonly checkReferences: (table: Table, fields: ReadonlyMap<string, Value>) => void;
  /** Raises when webCRM does not let the API write this row; null: a new one. */
  readonly guard?: (id: number | null, fields: ReadonlyMap<string, Value>) => void;
  /** What webCRM's screens fill in besides what the person typed. */
  readonly completes?: (typed: ReadonlyMap<string, Value>, before: Row | null) => Row;
  readonly changed: (change: Change) => void;
}

const named = (fields: ReadonlyMap<FieldSpec, Value | null>): Map<string, Value> =>
  new Map([...fields].map(([spec, value]) => [spec.name, value ?? emptyValue(spec)]));

/** The rows of one table of a webCRM system. Writes raise Refusal for what webCRM would refuse. */
export function createRecords<R extends Row>(deps: RecordsDeps) {
  const { table, switches } = deps;
  const rows = new Map<number, Row>();
  const writes: RecordWrite[] = [];
  const readAt = new Map<number, number>();
  const lostAt = new Map<number, number>();
  let nextId = table.firstId;

  const out = (row: Row): R => answered(table, row) as R;

  function set(row: Row, fields: ReadonlyMap<FieldSpec, Value | null>): void {
    for (const [spec, value] of fields) {
      if (value !== null) row[spec.name] = value;
      else if (switches.nullClears) row[spec.name] = emptyValue(spec);
    }
    table.derive(row);
  }

  function stamped(row: Row, author: Author, verb: 'Created' | 'Updated'): void {
    if (!table.stamped) return;
    row[`${table.name}${verb}At`] = stamp(deps.now());
    row[`${table.name}${verb}By`] = AUTHORS[author];
  }

  function finish(change: Omit<Change, 'table'>, method: RecordWrite['method'], body: Record<string, unknown>): void {
    if (change.author === 'api') {
      writes.push({ at: deps.now(), method, id: change.id, fields: clone(body) });
      readAt.set(change.id, deps.moment());
    }
    deps.changed({ ...change, table });
  }

  function create(body: Record<string, unknown>, author: Author): number {
    const fields = checkedFields(table, body);
    const typed = named(fields);
    for (const { field, required } of table.references) if (required && !typed.has(field)) typed.set(field, 0);
    deps.checkReferences(table, typed);
    if (author === 'api') deps.guard?.(null, typed);
    const id = nextId;
    nextId += 1;
    const row: Row = { [table.id]: id, ...(author === 'person' ? deps.completes?.(typed, null) : {}) };
    set(row, fields);
    stamped(row, author, 'Created');
    stamped(row, author, 'Updated');
    rows.set(id, row);
    finish({ event: 'Create', id, before: null, row, author }, 'POST', body);
    return id;
  }

  /** `whole`: fields left out follow the switch partialPut. false: no such row. */
  function edit(id: number, body: Record<string, unknown>, author: Author, whole = author === 'api'): boolean {
    const row = rows.get(id);
    const fields = checkedFields(table, body);
    if (!row) return false;
    const typed = named(fields);
    deps.checkReferences(table, typed);
    if (author === 'api') deps.guard?.(id, typed);
    const before = { ...row };
    if (whole && switches.partialPut === 'clears') {
      for (const spec of table.specs) {
        if (spec.name !== table.id && spec.access !== 'read-only' && !fields.has(spec))
          row[spec.name] = emptyValue(spec);
      }
    }
    if (author === 'person') Object.assign(row, deps.completes?.(typed, before));
    set(row, fields);
    stamped(row, author, 'Updated');
    finish({ event: 'Update', id, before, row, author }, 'PUT', body);
    return true;
  }

  return {
    table,
    create,
    edit,
    delete(id: number, author: Author): boolean {
      const row = rows.get(id);
      if (!row) return false;
      rows.delete(id);
      if (author === 'person') lostAt.set(id, deps.moment());
      finish({ event: 'Delete', id, before: row, row, author }, 'DELETE', {});
      return true;
    },
    get(id: number): R | null {
      const row = rows.get(id);
      return row ? out(row) : null;
    },
    /** In order of id. Each `test` sees the stored values, where an unset drop-down is "". */
    list(test: (row: Row) => boolean = () => true): R[] {
      return [...rows.values()].filter(test).map(out);
    },
    /** The stored rows themselves, in order of id; `show` answers them. */
    stored: (test: (row: Row) => boolean = () => true): Row[] => [...rows.values()].filter(test),
    /** Rows as the API answers them, which it has then read whole. */
    show(given: readonly Row[]): R[] {
      for (const row of given) readAt.set(Number(row[table.id]), deps.moment());
      return given.map(out);
    },
    /** When the API last read or wrote the row, 0 when it never did. */
    lastShown: (id: number): number => readAt.get(id) ?? 0,
    /** Raises when the row does not exist: a race when a person deleted it after the API's last read of it. */
    mustExist(id: number, why: string): void {
      if (rows.has(id)) return;
      const lost = lostAt.get(id);
      throw lost !== undefined && lost > (readAt.get(id) ?? 0) ? new RaceRefusal(why) : new Refusal(why);
    },
    /** Marks the row as changed now, as a change of something that belongs to it does. */
    touch(id: number, author: Author): void {
      const row = rows.get(id);
      if (row) stamped(row, author, 'Updated');
    },
    /** Takes away what went with another record. */
    drop(test: (row: Row) => boolean): void {
      for (const [id, row] of [...rows]) if (test(row)) rows.delete(id);
    },
    writes,
    reset(): void {
      rows.clear();
      writes.length = 0;
      readAt.clear();
      lostAt.clear();
      nextId = table.firstId;
    },
  };
}
export type Records<R extends Row = Row> = ReturnType<typeof createRecords<R>>;
