import type { Test } from 'tap';
import { articles, customer, delivery, line, openWorld, type World, type WorldOptions } from '../support/world.ts';

type Checks = Pick<Test, 'strictSame'>;

/** A world with two articles in the register. */
export async function open(t: { teardown(fn: () => Promise<void>): void }, options: WorldOptions = {}) {
  const world = await openWorld(options);
  t.teardown(() => world.close());
  await articles(world);
  return world;
}

/** Nothing was refused, nothing failed, nothing is left to do. */
export async function clean(t: Checks, world: World) {
  t.strictSame(world.violations(), []);
  t.strictSame(world.faults, []);
  t.strictSame(await world.dead(), []);
}

/** A delivery with two articles and a text, and its document. */
export async function twoRows(world: World, more: object = {}) {
  const { organisation, number } = await customer(world);
  const id = world.webcrm.person.createDelivery(delivery(organisation, more));
  world.webcrm.person.createLine(id, line('A1', 'Lampa', 2, 100));
  world.webcrm.person.createLine(id, { QuotationLineData2: 'Levereras i oktober' });
  world.webcrm.person.createLine(id, line('A2', 'Kabel', 5, 20, { QuotationLineDiscount: 10 }));
  await world.quiet();
  return { id, organisation, customerNumber: number };
}
