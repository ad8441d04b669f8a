import type { Store } from '../../port.ts';
import type { Mongo } from '../mongo.ts';

export type Group = Exclude<keyof Store, 'shared' | 'ping' | 'close'>;

/** The methods of a group of the port, as functions on a database. */
export type OpsOf<C extends Group> = {
  readonly [M in keyof Store[C]]: Store[C][M] extends (...args: infer A) => Promise<infer R>
    ? (mongo: Mongo, ...args: A) => Promise<R>
    : never;
};
