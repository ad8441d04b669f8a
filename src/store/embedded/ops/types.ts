import type { Store } from '../../port.ts';
import type { Db } from '../db.ts';

export type Collection = Exclude<keyof Store, 'shared' | 'ping' | 'close'>;

/** The methods of a collection, as functions on a connection. */
export type OpsOf<C extends Collection> = {
  readonly [M in keyof Store[C]]: Store[C][M] extends (...args: infer A) => Promise<infer R>
    ? (db: Db, ...args: A) => R
    : never;
};
