/** What the console shows of many tenants, and of a tenant over time. Times are milliseconds since the epoch (UTC). */
import { Type } from 'typebox';
import { pageOf } from './api.ts';
import { StatusView } from './api-activity.ts';

export const OverviewView = pageOf(
  Type.Object({
    id: Type.String(),
    name: Type.String(),
    createdAt: Type.Integer(),
    credentials: Type.Object(
      { webcrm: Type.Boolean(), fortnox: Type.Boolean() },
      { description: 'Whether credentials are stored; the connection check tells whether they are accepted' },
    ),
    health: StatusView,
  }),
);

export const HistoryQuery = Type.Object(
  {
    hours: Type.Optional(
      Type.String({ pattern: '^([1-9]|[1-9][0-9]|1[0-5][0-9]|16[0-8])$', description: '1 to 168, default 24' }),
    ),
  },
  { additionalProperties: false },
);
const count = (description: string) => Type.Integer({ description });
export const HistoryView = Type.Object({
  from: Type.Integer(),
  to: Type.Integer(),
  activity: Type.Object(
    {
      stepMs: Type.Integer(),
      items: Type.Array(Type.Object({ at: Type.Integer(), action: Type.String(), count: Type.Integer() })),
    },
    { description: 'Lines of the activity log by step and action; a step without a line is absent' },
  ),
  figures: Type.Object(
    {
      stepMs: Type.Integer(),
      since: Type.Integer({ description: 'Counted in memory since then: since this instance started' }),
      items: Type.Array(
        Type.Object({
          at: Type.Integer(),
          calls: Type.Object({ webcrm: Type.Integer(), fortnox: Type.Integer() }),
          throttled: count('Calls answered with 429'),
          jobs: count('Jobs that ran'),
          latenessMs: count('The longest that a job waited after it was due'),
        }),
      ),
    },
    { description: 'Of the last day at most; a step in which nothing happened is absent' },
  ),
  perStep: Type.Object(
    { webcrm: Type.Integer(), fortnox: Type.Integer() },
    { description: 'Calls that a vendor takes in a step of `figures`: what the whole budget would be' },
  ),
});
