import type { Db } from '../db.ts';
import { activity } from './activity.ts';
import { alertTargets } from './alert-targets.ts';
import { alerts } from './alerts.ts';
import { answers } from './answers.ts';
import { cursors } from './cursors.ts';
import { decisions } from './decisions.ts';
import { fenced } from './fenced.ts';
import { imports } from './imports.ts';
import { jobs } from './jobs.ts';
import { listed } from './listed.ts';
import { mail } from './mail.ts';
import { pairs } from './pairs.ts';
import { secrets } from './secrets.ts';
import { seen } from './seen.ts';
import { states } from './states.ts';
import { tenants } from './tenants.ts';
import { tokens } from './tokens.ts';
import { tombstones } from './tombstones.ts';
import type { Collection, OpsOf } from './types.ts';

/** One call: `name` is `collection.method` or `ping`; `args` are those of the port. */
export interface Op {
  readonly name: string;
  readonly args: readonly unknown[];
}
export type OpFunction = (db: Db, ...args: unknown[]) => unknown;

export const COLLECTIONS: { readonly [C in Collection]: OpsOf<C> } = {
  tenants,
  secrets,
  pairs,
  jobs,
  cursors,
  activity,
  decisions,
  imports,
  listed,
  states,
  fenced,
  mail,
  alerts,
  alertTargets,
  tokens,
  answers,
  tombstones,
  seen,
};

const READS = [
  'any',
  'get',
  'has',
  'list',
  'walk',
  'find',
  'count',
  'counts',
  'countsByEntity',
  'countsByKind',
  'byHookToken',
  'bySide',
  'byInvoice',
  'byLine',
  'openOrders',
  'byIntentKey',
  'countImport',
  'nextDue',
  'dueAmong',
  'waitingFor',
  'depth',
  'due',
  'search',
  'tally',
];

/** True when the operation changes nothing: it needs no transaction. */
export const isRead = (op: Op): boolean => READS.includes(op.name.slice(op.name.indexOf('.') + 1));

/** More than a few pages: a disk that has room for a counter alone is full. */
const ROOM = 'x'.repeat(16 * 1024);

/** Proves that the store can be read, and written with what a batch of hints takes: gone again with the same commit. */
function ping(db: Db): void {
  db.run(`INSERT INTO states (tenant, name, doc, updated_at) VALUES ('', 'room', ?, 0)`, ROOM);
  db.run(`DELETE FROM states WHERE tenant = '' AND name = 'room'`);
  db.run('INSERT INTO ping (id, count) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET count = count + 1');
  db.get('SELECT count FROM ping WHERE id = 1');
}

/** Every operation by its name. */
export const OPS: ReadonlyMap<string, OpFunction> = new Map([
  ...Object.entries(COLLECTIONS).flatMap(([collection, methods]) =>
    Object.entries(methods).map(([method, run]): [string, OpFunction] => [
      `${collection}.${method}`,
      run as OpFunction,
    ]),
  ),
  ['ping', ping as OpFunction],
]);
