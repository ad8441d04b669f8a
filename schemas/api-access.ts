/** Bodies and answers on tokens of the API. Times are milliseconds since the epoch (UTC). */
import { Type } from 'typebox';
import { ROLES } from './access.ts';

const closed = { additionalProperties: false } as const;
const nullableTime = (description: string) => Type.Union([Type.Integer(), Type.Null()], { description });
const role = Type.Enum([...ROLES], { description: 'read: sees; operate: acts as well; administer: everything' });
const tenants = Type.Union([Type.Array(Type.String()), Type.Null()], {
  description: 'The tenants that it reaches; null: all, also those to come',
});

export const TokenParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 64, description: 'Id of the token' }),
});
export const NewToken = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 100,
      pattern: '^[^\\u0000-\\u001f\\u007f]*\\S[^\\u0000-\\u001f\\u007f]*$',
      description: 'Who or what uses it: the log names it so',
    }),
    role,
    tenants: Type.Optional(
      Type.Union(
        [
          Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 200, uniqueItems: true }),
          Type.Null(),
        ],
        { description: 'Ids of the tenants that it reaches; null or left out: all, also those to come' },
      ),
    ),
    expiresAt: Type.Optional(
      Type.Union([Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 }), Type.Null()], {
        description: 'When it ends; null or left out: not by itself',
      }),
    ),
  },
  { ...closed, examples: [{ name: 'Nightly script', role: 'operate', expiresAt: 1_798_761_600_000 }] },
);
export const RotateToken = Type.Object(
  {
    graceHours: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 720, description: 'How long the former secret counts on; 24 when left out' }),
    ),
  },
  { ...closed, examples: [{ graceHours: 24 }] },
);
export const TokenView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role,
  tenants,
  state: Type.Enum(['valid', 'expired', 'revoked']),
  secrets: Type.Array(Type.Object({ createdAt: Type.Integer(), until: nullableTime('null: the present one') }), {
    description: 'When each secret that counts was made, newest first; never the secrets',
  }),
  createdBy: Type.String({ description: 'Name of the token that made it' }),
  createdAt: Type.Integer(),
  expiresAt: nullableTime('null: it does not end by itself'),
  revokedAt: nullableTime('null: it was not revoked'),
  lastUsedAt: nullableTime('To the minute; null: never'),
});
export const MadeTokenView = Type.Object({
  token: TokenView,
  secret: Type.String({ description: 'What `Authorization: Bearer` bears. Shown this once' }),
});
export const WhoView = Type.Object({
  id: Type.String({ description: 'Of the token; `root` is the root token' }),
  name: Type.String(),
  role,
  tenants,
  expiresAt: nullableTime('null: it does not end by itself'),
});
