import { type TSchema, Type } from 'typebox';

/**
 * Kinds of fields in Fortnox's published OpenAPI document (edition of January 2026). Empty values come as null as well,
 * as recorded answers show (fortnox.md 3), though the document does not say so.
 */
export const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const optional = <T extends TSchema>(schema: T) => Type.Optional(orNull(schema));

export const text = (maxLength?: number) =>
  optional(maxLength === undefined ? Type.String() : Type.String({ maxLength }));
export const oneOf = <const T extends string[]>(values: T) => optional(Type.Enum([...values, '']));
export const boolean = () => optional(Type.Boolean());
export const number = () => optional(Type.Number());
export const integer = (limits: { minimum?: number; maximum?: number } = {}) => optional(Type.Integer(limits));
/** Declared as a number, answered as a text (fortnox.md 14). */
export const numberAsText = () => optional(Type.String({ pattern: '^-?\\d+(\\.\\d+)?$' }));
/** Empty dates come as '' too (fortnox.md 3). */
export const date = () => optional(Type.String({ pattern: '^(\\d{4}-\\d\\d-\\d\\d.*)?$' }));
export const anything = () => Type.Optional(Type.Unknown());
export const listOf = <T extends TSchema>(schema: T) => optional(Type.Array(schema));
export const closed = <T extends Record<string, TSchema>>(fields: T) =>
  Type.Object(fields, { additionalProperties: false });
