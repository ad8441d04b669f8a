/** Queries and answers on what the service does: jobs, pairs, activity, refusals, status. Times are milliseconds since the epoch (UTC). */
import { Type } from 'typebox';
import { BudgetView, hold, PausedPartView, paging } from './api.ts';

const closed = { additionalProperties: false } as const;
const nullableText = Type.Union([Type.String(), Type.Null()]);
const side = Type.Enum(['webcrm', 'fortnox']);
const recordId = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 64, description }));
const reason = Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9-]{0,63}$', description: 'A code of the reasons' }));
const instant = (description: string) =>
  Type.Optional(
    Type.String({
      pattern:
        '^([0-9]{1,15}|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2}))?)$',
      description: `${description}: milliseconds, or an ISO date-time with its offset; a date alone begins at 00:00 UTC`,
    }),
  );

export const JobsQuery = Type.Object(
  {
    ...paging,
    state: Type.Optional(Type.Enum(['waiting', 'running', 'dead'])),
    key: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'The job of one record: none when nothing is to be done',
      }),
    ),
  },
  closed,
);
export const PairsQuery = Type.Object(
  {
    ...paging,
    state: Type.Optional(Type.Enum(['creating', 'linked', 'excluded', 'detached', 'conflict', 'gone'])),
    entity: Type.Optional(Type.Enum(['customer', 'article', 'delivery'])),
    reason,
  },
  closed,
);

const filters = {
  webcrmId: recordId('Of this record of webCRM'),
  fortnoxId: recordId('Of this record of Fortnox'),
  pairId: recordId('Of this pair'),
  entity: Type.Optional(
    Type.Enum(['customer', 'article', 'delivery', 'tenant'], {
      description: 'tenant: lines about its connection and settings',
    }),
  ),
  action: Type.Optional(
    Type.Enum([
      'created',
      'updated',
      'linked',
      'not-written',
      'conflict',
      'failed',
      'connection',
      'settings',
      'request',
    ]),
  ),
  reason,
  from: instant('At or after'),
  to: instant('Before'),
};
export const ActivityQuery = Type.Object({ ...paging, ...filters }, closed);
export const ActivityCsvQuery = Type.Object(
  {
    ...filters,
    cursor: Type.Optional(
      Type.String({ minLength: 1, maxLength: 500, description: 'From the last row of a file that was cut short' }),
    ),
  },
  closed,
);

export const StreamQuery = Type.Object(
  {
    last: Type.Optional(
      Type.String({
        pattern: '^([0-9]|[1-9][0-9]|100)$',
        description: 'Begin with so many of the newest lines, 100 at most; none when not given',
      }),
    ),
    after: Type.Optional(
      Type.String({
        pattern: '^[0-9]{1,15}-[0-9a-f]{1,64}$',
        description: 'Begin after the line of this event id, as the header Last-Event-ID does',
      }),
    ),
  },
  closed,
);

export const RefusedQuery = Type.Object({ ...paging, reason }, closed);
export const RefusedView = Type.Object({
  entity: Type.Enum(['customer', 'article', 'delivery', 'line', 'order', 'invoice']),
  side,
  id: Type.String({ description: "The vendor's own id" }),
  reason: Type.String({ description: 'A code of the reasons' }),
  message: Type.String({ description: 'The reason as a sentence' }),
  since: Type.Integer({ description: 'Since when the reason has been this one' }),
  waitsFor: Type.Union([Type.Object({ entity: Type.Literal('customer'), side, id: Type.String() }), Type.Null()], {
    description: 'The record follows by itself as soon as this one is in step',
  }),
});

const counts = (description: string) => Type.Record(Type.String(), Type.Integer(), { description });
export const StatusView = Type.Object({
  state: Type.String(),
  pausedReason: nullableText,
  pausedParts: Type.Array(
    Type.Object({
      ...PausedPartView.properties,
      waiting: Type.Integer({ description: 'Records of this kind that wait for a pause to end, 1,000 at most' }),
    }),
    { description: 'What is paused by hand while everything else goes on. It is not late: it waits for a person' },
  ),
  hold,
  needsPerson: Type.Integer({
    description:
      'How many things wait for a person: pairs in conflict, dead jobs, and one more when the tenant is held',
  }),
  jobs: Type.Object({ waiting: Type.Integer(), running: Type.Integer(), dead: Type.Integer() }),
  pairs: counts('By state'),
  pairsByEntity: Type.Object({
    customer: counts('By state'),
    article: counts('By state'),
    delivery: counts('By state'),
  }),
  budgets: Type.Object({ webcrm: BudgetView, fortnox: BudgetView }),
  notifications: Type.Object(
    {
      notifications: Type.Enum(['stream', 'poll']),
      reason: nullableText,
      message: nullableText,
    },
    { description: 'How changes in Fortnox become known now: by its stream, or by the poll alone, and why' },
  ),
  latenessMs: Type.Integer({ description: 'Age of the oldest job that is due; 0 when none is' }),
});
