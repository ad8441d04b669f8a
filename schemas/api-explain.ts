/** The answer to "why is this record not in Fortnox?". */
import { type Static, Type } from 'typebox';
import { ActivityView, JobView } from './api.ts';
import { recordId } from './record-id.ts';

const nullable = <T extends Parameters<typeof Type.Array>[0]>(schema: T) => Type.Union([schema, Type.Null()]);
const nullableText = Type.Union([Type.String(), Type.Null()]);
const side = Type.Enum(['webcrm', 'fortnox']);
const entity = Type.Enum(['customer', 'delivery', 'article', 'order', 'invoice']);

export const ExplainQuery = Type.Object(
  {
    entity: Type.Enum(['customer', 'delivery', 'article', 'order', 'invoice'], {
      description:
        'webCRM has customer (organisation), delivery and article (item); Fortnox customer, article, order and invoice',
    }),
    side,
    id: recordId("The vendor's own id or number"),
  },
  { additionalProperties: false },
);

const Told = Type.Object(
  { code: Type.String(), rule: Type.String(), sentence: Type.String() },
  { description: 'A stable code, the rule it comes from, and a plain sentence' },
);
const RecordRef = Type.Object({ entity, side, id: Type.String() });
const Change = { field: Type.String(), before: nullableText, after: nullableText };
const Image = Type.Record(Type.String(), nullableText);
const Shown = nullable(Type.Object({ id: Type.String(), name: nullableText, number: nullableText, fields: Image }));
const fieldSide = Type.Object(
  { image: Type.Optional(nullableText), now: Type.Optional(nullableText) },
  { description: '`image`: as last read after the last write; `now`: as read for this answer; absent: not known' },
);
const rowSide = Type.Object({ image: nullable(Image), now: nullable(Image) });

export const ExplanationView = Type.Object({
  record: Type.Object({ entity, side, id: Type.String(), name: nullableText, number: nullableText }),
  rules: Type.Array(
    Type.Object({
      id: Type.String(),
      rule: Type.String(),
      says: Type.String({ description: 'What holds when the rule is passed' }),
      outcome: Type.Enum(['passed', 'failed', 'not-reached', 'not-asked']),
      reasons: Type.Array(Told),
    }),
    { description: 'In the order in which the service asks' },
  ),
  would: Type.Object(
    {
      action: Type.Enum(['nothing', 'create', 'link', 'write', 'wait']),
      writes: Type.Array(
        Type.Object({
          side,
          action: Type.Enum(['create', 'update', 'delete']),
          kind: Type.String(),
          id: nullableText,
          fields: Type.Record(Type.String(), Type.Unknown()),
          rows: nullable(
            Type.Array(
              Type.Object({
                rowId: Type.Union([Type.Integer(), Type.Null()]),
                fields: Type.Record(Type.String(), Type.Unknown()),
              }),
            ),
          ),
        }),
        { description: "In the vendor's own fields" },
      ),
      changes: Type.Array(Type.Object({ target: side, ...Change }), { description: 'The same in our own names' }),
      lost: Type.Array(Type.Object({ side, ...Change })),
      reasons: Type.Array(Told),
      candidates: Type.Array(Type.String()),
    },
    { description: 'What the service would do now; nothing of it was done' },
  ),
  pair: nullable(
    Type.Object({
      id: Type.String(),
      state: Type.String(),
      reason: nullableText,
      version: Type.Integer(),
      webcrmId: nullableText,
      fortnoxKind: Type.String(),
      fortnoxId: nullableText,
      invoiceRef: nullableText,
      creating: Type.Boolean({ description: 'A create was begun and its answer is not known' }),
    }),
  ),
  present: Type.Object({ webcrm: Shown, fortnox: Shown }, { description: 'As far as the service had to read them' }),
  fields: Type.Array(
    Type.Object({ field: Type.String(), webcrm: fieldSide, fortnox: fieldSide, differs: Type.Boolean() }),
  ),
  rows: nullable(
    Type.Array(Type.Object({ lineId: nullableText, webcrm: rowSide, fortnox: rowSide, differs: Type.Boolean() })),
  ),
  frozen: nullable(
    Type.Object(
      { head: nullable(Told), rows: nullable(Told) },
      { description: 'Why the head and the rows of the document take no changes; null: they do' },
    ),
  ),
  jobs: Type.Array(JobView),
  activity: Type.Array(ActivityView),
  waitsFor: nullable(
    Type.Object({
      seconds: Type.Union([Type.Integer(), Type.Null()]),
      record: nullable(RecordRef),
    }),
  ),
  next: Type.Object({ code: Type.String(), sentence: Type.String() }, { description: 'The next step for a person' }),
  reads: Type.Integer({ description: 'Calls to the vendors that this answer cost' }),
});
export type ExplanationView = Static<typeof ExplanationView>;
