/** Bodies and answers of the imports' API. Times are milliseconds since the epoch (UTC). */
import { Type } from 'typebox';
import { BudgetView, PageQuery, PartView } from './api.ts';
import { IMPORT_DIRECTIONS, IMPORT_KINDS, IMPORT_OUTCOMES } from './imports.ts';

const closed = { additionalProperties: false } as const;
const nullable = <T extends ReturnType<typeof Type.String> | ReturnType<typeof Type.Integer>>(type: T) =>
  Type.Union([type, Type.Null()]);
const Kind = Type.Enum(IMPORT_KINDS);
const Direction = Type.Enum(IMPORT_DIRECTIONS);
const Outcome = Type.Enum(IMPORT_OUTCOMES);
const side = Type.Enum(['webcrm', 'fortnox']);

export const NewImport = Type.Union(
  [
    Type.Object(
      {
        kinds: Type.Optional(
          Type.Array(Kind, { minItems: 1, uniqueItems: true, description: 'Articles and customers when not given' }),
        ),
        direction: Type.Optional(
          Type.Enum(IMPORT_DIRECTIONS, {
            description:
              'On which side missing records are made, and whose values win at the first link (R21); `both`: on both, and the conflict policy',
          }),
        ),
        from: Type.Optional(
          Type.String({
            format: 'date',
            description:
              "Documents and deliveries dated from this date on; the tenant's start date when not given (R13)",
          }),
        ),
        dryRun: Type.Optional(Type.Boolean({ description: 'Ends at `ready`: nothing is written until it is started' })),
      },
      closed,
    ),
    Type.Null(),
  ],
  {
    description: 'No body: articles and customers, both ways, at once',
    examples: [{ kinds: ['article', 'customer'], direction: 'both', dryRun: true }],
  },
);

export const ImportView = Type.Object({
  id: Type.String(),
  kinds: Type.Array(Kind),
  direction: Direction,
  from: nullable(Type.String()),
  dryRun: Type.Boolean(),
  state: Type.Enum(['listing', 'comparing', 'ready', 'running', 'stopped', 'done', 'failed']),
  total: Type.Integer({ description: 'Records found on both sides' }),
  compared: Type.Integer({ description: 'Of a dry run: records judged so far' }),
  queued: Type.Integer({ description: 'Jobs queued so far: a pair has one, and some records need none' }),
  counts: Type.Partial(Type.Record(Outcome, Type.Integer()), {
    description:
      'Records by what is, or would be, done with them; a matched pair counts once. The rows of deliveries and documents are not read for this: their jobs may still find a reason to wait.',
  }),
  done: Type.Integer({ description: 'Of `total`: nothing more is to be done with them' }),
  dead: Type.Integer({ description: 'Failed for good; retry them' }),
  failing: Type.Integer({
    description:
      'Failed several times, and tried again for three days. A few do not hold the others, nor the import: it may be done before they are',
  }),
  perMinute: nullable(Type.Integer({ description: 'Records a minute since the jobs began to run' })),
  remainingSeconds: nullable(Type.Integer({ description: 'Estimated from the rate' })),
  budgets: Type.Union([Type.Object({ webcrm: BudgetView, fortnox: BudgetView }), Type.Null()], {
    description: "Use of the vendors' rate limits while the import is active",
  }),
  paused: Type.Array(PartView, {
    description: 'Parts of the tenant that the import writes and that are paused: it waits for them to be resumed',
  }),
  startedAt: Type.Integer(),
  finishedAt: nullable(Type.Integer()),
  error: nullable(Type.String()),
});

export const ImportRecordsQuery = Type.Object(
  {
    ...PageQuery.properties,
    kind: Type.Optional(Kind),
    side: Type.Optional(side),
    outcome: Type.Optional(Outcome),
  },
  closed,
);

export const ImportRecordView = Type.Object({
  kind: Kind,
  side,
  id: Type.String(),
  name: nullable(Type.String()),
  number: nullable(Type.String()),
  organisationNumber: nullable(Type.String()),
  partner: nullable(Type.String({ description: 'Id of the record on the other side that it is, or may be' })),
  outcome: Type.Union([Outcome, Type.Null()], { description: 'null: not judged yet, or counted with its partner' }),
  reason: nullable(Type.String({ description: 'A code of the reasons' })),
  message: nullable(Type.String({ description: 'The reason as a sentence' })),
  lost: Type.Array(
    Type.Object({
      field: Type.String(),
      before: nullable(Type.String()),
      after: nullable(Type.String()),
      side,
    }),
    { description: 'Each value that would be overwritten, and where; found by a dry run' },
  ),
});
