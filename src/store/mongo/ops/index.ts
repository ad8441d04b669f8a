import type { Mongo } from '../mongo.ts';
import { writing } from '../operations.ts';
import { upserting } from '../write-keyed.ts';
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
import type { Group, OpsOf } from './types.ts';

export const GROUPS: { readonly [C in Group]: OpsOf<C> } = {
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

/** A write that a majority keeps, and its document read back, in one command. */
export async function ping(mongo: Mongo): Promise<void> {
  const change = { $set: { at: mongo.now() } };
  const options = { upsert: true, returnDocument: 'after', ...writing('ping') } as const;
  await upserting(() => mongo.rows('ping').findOneAndUpdate({ _id: 'ping' }, change, options));
}
