import type { Side } from '../../../schemas/records.ts';
import { NUMBER_COLUMN, type RecordFields } from '../fields.ts';
import type { Chances } from '../prng.ts';
import { createTypedValues, type TypedValues } from '../typed-values.ts';
import { createValues, type Values } from '../values.ts';
import type { World } from '../world.ts';

/** Something that somebody did, for the story. */
export interface Deed {
  readonly at: number;
  readonly text: string;
}

/** A record that a person deleted by hand. */
export interface Removal {
  readonly at: number;
  readonly side: Side;
  readonly entity: 'customer' | 'article' | 'delivery' | 'item';
  readonly id: string;
  /** Of a customer: the number that it bore. */
  readonly number: string;
}

/** What all people share: the world, their chances, and the diary of what they did. */
export interface Scene {
  readonly world: World;
  readonly chances: Chances;
  readonly values: Values;
  readonly typed: TypedValues;
  readonly deeds: readonly Deed[];
  readonly removals: readonly Removal[];
  note(text: string): void;
  removed(side: Side, entity: Removal['entity'], id: string, number?: string): void;
  /** Does what a vendor may refuse: null then, as a person who reads the message and gives up. */
  attempt<T>(what: string, act: () => T): T | null;
  pick<T>(list: readonly T[]): T | null;
  pause(longestMs: number): Promise<void>;
  /** Numbers of customers in Fortnox. */
  customers(): string[];
  organisations(): readonly RecordFields[];
  numberOf(organisation: RecordFields): string;
}

/** One act of somebody; false when there was nothing to do it on. */
export type Act = () => boolean | Promise<boolean>;

export function createScene(world: World, chances: Chances): Scene {
  const deeds: Deed[] = [];
  const removals: Removal[] = [];
  const note = (text: string) => void deeds.push({ at: world.runtime.now(), text });
  return {
    world,
    chances,
    values: createValues(chances, world.settings.organisationAddressIs === 'invoice', world.runtime.now()),
    typed: createTypedValues(world.runtime.now),
    deeds,
    removals,
    note,
    removed(side, entity, id, number = '') {
      removals.push({ at: world.runtime.now(), side, entity, id, number });
      note(`${side} ${entity} ${id} deleted`);
    },
    attempt(what, act) {
      try {
        return act();
      } catch (error) {
        // A defect of the stand-in is none of its refusals.
        if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) throw error;
        note(`${what}: refused, ${error.message}`);
        return null;
      }
    },
    pick: (list) => (list.length === 0 ? null : chances.one(list)),
    async pause(longestMs) {
      await world.runtime.advance(chances.below(longestMs));
    },
    customers: () => world.fortnox.customers().map((one) => one.CustomerNumber),
    organisations: () => world.webcrm.organisations(),
    numberOf: (organisation) => String(organisation[NUMBER_COLUMN] ?? '').trim(),
  };
}
