import type { Image, Side } from '../../schemas/records.ts';
import * as normal from './normalise.ts';
import type { Reason } from './reasons.ts';

/** undefined: the side holds something that cannot be read; the field is left alone on both sides. */
export type FieldValue = string | null | undefined;
/** A vendor's record, or several laid together. */
export type VendorRecord = Readonly<Record<string, unknown>>;

/** One side's column of a field: how to read it, how to write it. */
export interface Column {
  read(record: VendorRecord): FieldValue;
  /** The vendor's fields to send; '' clears. undefined: this side has no way to hold the value. */
  write(value: string | null): Record<string, string> | undefined;
  /** False: the side keeps a value at all times, so an empty one is not sent. */
  readonly clearable: boolean;
  /** Said when `read` or `write` gives undefined. */
  readonly unreadable: Reason;
}

/** One line of a field map. */
export interface FieldLine<F extends string = string> {
  readonly field: F;
  readonly webcrm: Column;
  readonly fortnox: Column;
  /** The field comes from Fortnox alone: an edit in webCRM is put back (R31). */
  readonly owner?: 'fortnox';
}

export interface ColumnOptions {
  readonly read?: (value: unknown) => FieldValue;
  readonly write?: (value: string) => string | undefined;
  readonly clearable?: boolean;
  readonly unreadable?: Reason;
}

/** A column of one vendor field that holds a text of at most `length` characters; longer ones are cut (R76). */
export function column(name: string, length: number, options: ColumnOptions = {}): Column {
  const { read = normal.text, write = (value) => value, clearable = true, unreadable = 'in-step' } = options;
  return {
    read: (record) => read(record[name]),
    write: (value) => {
      if (value === null) return { [name]: '' };
      const written = write(value);
      return written === undefined ? undefined : { [name]: normal.cut(written, length) };
    },
    clearable,
    unreadable,
  };
}

type Translation = readonly { webcrm: string; fortnox: string }[];

/** A code that the settings translate: an empty table passes values unchanged, else only what the table or Fortnox names. */
export function translated(name: string, length: number, table: Translation, pass: RegExp, unreadable: Reason): Column {
  return column(name, length, {
    read: (value) => {
      const written = normal.text(value);
      if (written === null) return null;
      const known = table.find((line) => line.webcrm.toLowerCase() === written.toLowerCase());
      if (known) return known.fortnox;
      const isCode = table.length === 0 || table.some((line) => line.fortnox === written);
      return isCode && pass.test(written) ? written : undefined;
    },
    write: (value) => table.find((line) => line.fortnox === value)?.webcrm ?? value,
    unreadable,
  });
}

/** A side's record in canonical form; a field that cannot be read is absent. */
export function readSide(map: readonly FieldLine[], side: Side, record: VendorRecord): Image {
  const view: Record<string, string | null> = {};
  for (const line of map) {
    const value = line[side].read(record);
    if (value !== undefined) view[line.field] = value;
  }
  return view;
}

/** The value as the side would give it back after it was written; undefined when it cannot hold it. */
export function express(column: Column, value: string | null): FieldValue {
  const written = column.write(value);
  return written === undefined ? undefined : column.read(written);
}

/** The side shows what it showed last: nothing changed there since our last write (R1). */
export const showsImage = (map: readonly FieldLine[], side: Side, record: VendorRecord, image: Image): boolean =>
  map.every((line) => line[side].read(record) === image[line.field]);
