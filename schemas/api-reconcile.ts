/** What the API tells of reconcile. Times are milliseconds since the epoch (UTC). */
import { Type } from 'typebox';

const nullableTime = Type.Union([Type.Integer(), Type.Null()]);

export const ReconcileRunView = Type.Object({
  id: Type.String(),
  cause: Type.Enum(['nightly', 'by-hand', 'long-stop']),
  phase: Type.String({ description: 'The phase that runs, or ran last: whole lists are compared one after the other' }),
  counts: Type.Object({
    compared: Type.Integer({ description: 'Records that lists showed' }),
    hinted: Type.Record(Type.String(), Type.Integer(), {
      description: 'By entity: records that a list shows otherwise than they were last known, or for the first time',
    }),
    gone: Type.Integer({ description: 'Of these: records of pairs that no list shows any more' }),
    turn: Type.Integer({ description: 'Records that are read singly because it was their turn' }),
  }),
  startedAt: Type.Integer(),
  finishedAt: nullableTime,
  failures: Type.Integer({
    description:
      'Tries of the present phase that failed; after three it is left out, unless the tenant is held until it is counted',
  }),
  leftOut: Type.Array(Type.Object({ phase: Type.String(), message: Type.String() })),
});

export const ReconcileView = Type.Object({
  present: Type.Union([ReconcileRunView, Type.Null()], { description: 'The run that is under way' }),
  last: Type.Union([ReconcileRunView, Type.Null()], { description: 'The run that ended last' }),
  cycle: Type.Union(
    [
      Type.Object({
        startedAt: Type.Integer(),
        read: Type.Integer({ description: 'Pairs whose turn to be read singly has been in this cycle' }),
        total: Type.Integer(),
        endsAt: Type.Integer({ description: 'When all of them have been, with a run a day' }),
      }),
      Type.Null(),
    ],
    { description: 'What lists do not show is read singly, all of it once in `cycleDays`' },
  ),
});
