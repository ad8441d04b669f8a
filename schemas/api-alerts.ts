/** Bodies and answers of the API of alerts. Times are milliseconds since the epoch (UTC). */
import { Type } from 'typebox';
import { ALERT_KINDS } from './alerts.ts';
import { paging } from './api.ts';

const closed = { additionalProperties: false } as const;
const nullableTime = Type.Union([Type.Integer(), Type.Null()]);
const kind = Type.Enum(ALERT_KINDS);

export const AlertsQuery = Type.Object({ ...paging, state: Type.Optional(Type.Enum(['raised', 'recovered'])) }, closed);
export const AlertView = Type.Object({
  tenant: Type.String(),
  kind,
  state: Type.Enum(['raised', 'recovered']),
  message: Type.String({
    description: 'What is wrong, or was, and what to do',
    examples: ['Fortnox no longer accepts the connection: connect it again.'],
  }),
  count: Type.Union([Type.Integer(), Type.Null()], { description: 'Records, minutes or days that it is about' }),
  raisedAt: Type.Integer(),
  recoveredAt: nullableTime,
  unsent: Type.Integer({ description: 'Messages of it that are not delivered yet' }),
});

const fields = {
  name: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
  url: Type.String({
    minLength: 1,
    maxLength: 2000,
    description: 'https, at an address of the public internet; redirects are not followed',
  }),
  kinds: Type.Union([Type.Array(kind, { minItems: 1, uniqueItems: true }), Type.Null()], {
    description: 'null: all kinds',
  }),
  tenants: Type.Union(
    [
      Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 1000, uniqueItems: true }),
      Type.Null(),
    ],
    { description: 'null: all tenants' },
  ),
};
export const NewAlertTarget = Type.Object(
  { name: fields.name, url: fields.url, kinds: Type.Optional(fields.kinds), tenants: Type.Optional(fields.tenants) },
  { ...closed, examples: [{ name: 'On call', url: 'https://hooks.example.com/sync', kinds: ['jobs-dead', 'hold'] }] },
);
export const AlertTargetChange = Type.Partial(Type.Object(fields), {
  ...closed,
  minProperties: 1,
  examples: [{ kinds: ['conflict'] }],
});
export const AlertTargetView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  url: Type.String(),
  kinds: fields.kinds,
  tenants: fields.tenants,
  formerSecretUntil: Type.Union([Type.Integer(), Type.Null()], {
    description: 'Until then messages bear the signature of the former secret too; null: there is none',
  }),
  last: Type.Union([Type.Object({ at: Type.Integer(), ok: Type.Boolean(), message: Type.String() }), Type.Null()], {
    description: 'How the last message ended; null: none was sent yet',
  }),
  createdAt: Type.Integer(),
  updatedAt: Type.Integer(),
});
export const AlertTargetSecret = Type.Object({
  target: AlertTargetView,
  secret: Type.String({ description: 'Signs every message (Standard Webhooks); shown this once' }),
});
export const AlertTestView = Type.Object({ delivered: Type.Boolean(), message: Type.String() });

const policy = {
  lateMinutes: Type.Integer({
    minimum: 5,
    maximum: 10_080,
    description: 'A tenant is late when a change waits, or a side could not be polled, for longer than this',
  }),
  expiryDays: Type.Integer({
    minimum: 1,
    maximum: 30,
    description: 'The connection to Fortnox expires soon when it may have fewer days left than this',
  }),
};
export const AlertPolicyView = Type.Object(policy);
export const AlertPolicyChange = Type.Partial(Type.Object(policy), {
  ...closed,
  minProperties: 1,
  examples: [{ lateMinutes: 15 }],
});
