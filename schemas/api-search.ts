/** Finding records by what people know of them. */
import { Type } from 'typebox';

const nullableText = Type.Union([Type.String(), Type.Null()]);
const side = Type.Enum(['webcrm', 'fortnox']);

export const SearchQuery = Type.Object(
  {
    q: Type.String({
      minLength: 1,
      maxLength: 100,
      pattern: '\\S',
      description: 'A part of a name or number, or an id',
    }),
    vendors: Type.Optional(
      Type.Enum(['true'], {
        description: 'Customers are looked for at both vendors as well, by whole name, number or id: six calls at most',
      }),
    ),
  },
  { additionalProperties: false },
);
export const SearchView = Type.Object({
  pairs: Type.Array(
    Type.Object({
      id: Type.String(),
      entity: Type.Enum(['customer', 'article', 'delivery']),
      fortnoxKind: Type.String(),
      name: nullableText,
      number: nullableText,
      webcrmId: nullableText,
      fortnoxId: nullableText,
      state: Type.String(),
      reason: nullableText,
      updatedAt: Type.Integer(),
    }),
    { description: 'Records that are known to belong together; newest change first, 30 at most' },
  ),
  vendors: Type.Union(
    [
      Type.Array(
        Type.Object({
          side,
          entity: Type.Literal('customer'),
          id: Type.String(),
          name: nullableText,
          number: nullableText,
          type: Type.Union([Type.String(), Type.Null()], {
            description: "The organisation's Type, or COMPANY or PRIVATE",
          }),
          paired: Type.Boolean(),
        }),
      ),
      Type.Null(),
    ],
    { description: 'What the vendors have under the whole of it; null: not asked' },
  ),
  failed: Type.Array(Type.Object({ side, message: Type.String() }), { description: 'Vendors that could not be asked' }),
});

export const NamesBody = Type.Object(
  {
    records: Type.Array(
      Type.Object(
        {
          entity: Type.Enum(['customer', 'article', 'delivery', 'line', 'order', 'invoice']),
          side,
          id: Type.String({ minLength: 1, maxLength: 64 }),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 200 },
    ),
    vendors: Type.Optional(
      Type.Boolean({
        description: 'Names of customers that no pair knows are read at the vendors: the first 20 of them, a call each',
      }),
    ),
  },
  { additionalProperties: false, examples: [{ records: [{ entity: 'customer', side: 'webcrm', id: '17' }] }] },
);
export const NamesView = Type.Object({
  items: Type.Array(
    Type.Object({
      entity: Type.String(),
      side,
      id: Type.String(),
      name: nullableText,
      number: nullableText,
      pairId: nullableText,
    }),
    { description: 'In the order asked; without `vendors` a record without a pair has no name' },
  ),
});

const VendorField = Type.Object({
  name: Type.String({ description: 'As settings name it' }),
  label: Type.String({ description: 'As people see it in webCRM' }),
  maxLength: Type.Union([Type.Integer(), Type.Null()], { description: 'In characters; null: not stated' }),
  values: Type.Array(Type.String(), { description: 'What may be chosen, of a field with choices' }),
});
export const FieldsView = Type.Object({
  types: Type.Array(Type.String(), { description: "webCRM's own list of organisation Types" }),
  organisation: Type.Array(VendorField),
  delivery: Type.Array(VendorField),
  lines: Type.Array(
    Type.Object({
      n: Type.Integer({ description: 'As `documents.items` names it' }),
      name: Type.String({ examples: ['QuotationLineData1'] }),
      label: Type.Union([Type.String({ examples: ['Artikelnr'] }), Type.Null()], {
        description: 'As people see it in webCRM; null: it does not tell',
      }),
      used: Type.Union([Type.Boolean(), Type.Null()], {
        description: 'Whether it is switched on in the set-up of quotation lines; null: webCRM does not tell',
      }),
      values: Type.Array(Type.String({ examples: ['A1'] }), { description: 'Some of what lines hold in it now' }),
    }),
    { description: 'DataN of quotation lines and of the product register' },
  ),
  suggested: Type.Object(
    {
      types: Type.Array(Type.Object({ type: Type.String(), kind: Type.Enum(['company', 'private']) })),
      customFields: Type.Record(Type.String(), Type.String(), { examples: [{ email: 'OrganisationCustom3' }] }),
      documents: Type.Object({
        fields: Type.Record(Type.String(), Type.String(), { examples: [{ invoiceNumber: 'DeliveryCustom1' }] }),
        items: Type.Record(Type.String(), Type.Integer(), { examples: [{ number: 1, name: 2, unit: 3 }] }),
      }),
    },
    {
      description:
        'For what the settings do not name yet, the fields whose labels give away that they are for it, in the form of settings; a person looks at them first',
    },
  ),
});
