/** Bodies and answers of what a person does to pairs and jobs. */
import { Type } from 'typebox';
import { recordId } from './record-id.ts';

const closed = { additionalProperties: false } as const;
const side = Type.Enum(['webcrm', 'fortnox']);
const confirm = Type.Optional(Type.Boolean({ description: 'Though what the refusal names does not fit' }));

export const Decision = Type.Object(
  {
    link: Type.Optional(recordId("The other side's record that it is")),
    create: Type.Optional(Type.Literal(true, { description: 'It is none of them: a record of its own is made' })),
    leave: Type.Optional(Type.Literal(true, { description: 'It is left alone, and nothing asks again' })),
    confirm,
  },
  { ...closed, description: 'Exactly one of link, create and leave', examples: [{ link: '1042' }, { leave: true }] },
);
export const LinkByHand = Type.Object(
  {
    webcrmId: recordId('OrganisationId, or DeliveryId for an order or invoice'),
    fortnoxKind: Type.Enum(['customer', 'order', 'invoice']),
    fortnoxId: recordId('CustomerNumber or DocumentNumber'),
    confirm,
  },
  { ...closed, examples: [{ webcrmId: '17', fortnoxKind: 'customer', fortnoxId: '1042' }] },
);
export const Relink = Type.Object(
  {
    webcrmId: Type.Optional(recordId('Another record of webCRM than before')),
    fortnoxId: Type.Optional(recordId('Another record of Fortnox than before')),
    confirm,
  },
  { ...closed, examples: [{ fortnoxId: '1043' }] },
);
export const Recreate = Type.Object(
  { side: Type.Enum(['webcrm', 'fortnox'], { description: 'Where the record is missing' }), confirm },
  { ...closed, examples: [{ side: 'fortnox' }] },
);

const entity = Type.Enum(['customer', 'article', 'delivery', 'line', 'order', 'invoice'], {
  description: 'webCRM has customer, delivery and line; Fortnox has customer, article, order and invoice',
});
const id = recordId("The vendor's own id");
export const SyncNow = Type.Object(
  {
    side: Type.Optional(side),
    entity: Type.Optional(entity),
    id: Type.Optional(id),
    records: Type.Optional(
      Type.Array(Type.Object({ side, entity: Type.Optional(entity), id }, closed), { minItems: 1, maxItems: 1000 }),
    ),
    since: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Everything that changed on either side since; 31 days back at most' }),
    ),
  },
  {
    ...closed,
    description: 'One record (side and id), records, or since. An entity that is left out is customer',
    examples: [{ side: 'webcrm', id: '17' }, { records: [{ side: 'fortnox', entity: 'order', id: '81' }] }],
  },
);
export const SyncAccepted = Type.Object(
  {
    key: Type.Optional(Type.String({ description: 'Of one record: the key of its job' })),
    keys: Type.Optional(Type.Array(Type.String(), { description: 'Of a selection: the keys of the jobs' })),
    queued: Type.Optional(Type.Integer({ description: 'How many records were queued' })),
  },
  { examples: [{ key: 'customer:webcrm:17' }, { keys: ['order:fortnox:81'], queued: 1 }] },
);
