import { createArticlePeople } from './people/articles.ts';
import { createCustomerPeople } from './people/customers.ts';
import { createDeliveryPeople } from './people/deliveries.ts';
import { createDocumentPeople } from './people/documents.ts';
import { type Act, createScene } from './people/scene.ts';
import type { Chances } from './prng.ts';
import type { World } from './world.ts';

/** The people on both sides. Each act is one or a few savings by hand; all of them are in the diaries. */
export function createPeople(world: World, chances: Chances) {
  const scene = createScene(world, chances);
  const customers = createCustomerPeople(scene);
  const articles = createArticlePeople(scene);
  const deliveries = createDeliveryPeople(scene);
  const documents = createDocumentPeople(scene);

  /** Two of them at work on deliveries and documents within moments. */
  async function collide(): Promise<boolean> {
    const pairs: readonly (readonly Act[])[] = [
      [deliveries.editLine, documents.editRow],
      [documents.editRow, deliveries.editLine],
      [deliveries.insertLine, documents.editRow],
      [documents.editHead, deliveries.editLine],
      [deliveries.editLine, documents.book],
      [documents.book, deliveries.insertLine],
    ];
    for (const act of chances.one(pairs)) {
      await act();
      if (chances.chance(0.7)) await scene.pause(3_000);
    }
    return true;
  }

  /** Entered on both sides by hand: who sells types the number of the document (R20). */
  async function enterTwice(): Promise<boolean> {
    // Two deliveries with one `DeliveryNumber` lock each other (webcrm.md 8.3).
    if (world.settings.documents.fields.number === 'DeliveryNumber') return false;
    const before = documents.born.length;
    documents.create(world.settings.documentMode);
    const document = documents.born[before];
    if (document === undefined) return false;
    const customer = documents.one(document.kind, document.number)?.CustomerNumber;
    const organisation = scene.organisations().find((one) => scene.numberOf(one) === customer);
    if (organisation === undefined) return true;
    if (chances.chance(0.5)) await scene.pause(20_000);
    await deliveries.make(organisation, document.number);
    return true;
  }

  const acts: readonly (readonly [number, Act])[] = [
    ...customers.acts,
    ...articles.acts,
    ...deliveries.acts,
    ...documents.acts,
    [8, collide],
    [2, enterTwice],
  ];
  const whole = acts.reduce((sum, [weight]) => sum + weight, 0);

  function draw(): Act {
    let dice = chances.next() * whole;
    for (const [weight, act] of acts) {
      dice -= weight;
      if (dice < 0) return act;
    }
    return deliveries.create;
  }

  return {
    scene,
    edits: customers.edits,
    twins: customers.twins,
    deliveries,
    documents,
    articles,
    /** What the company begins its day with. */
    async open(): Promise<void> {
      for (let count = 0; count < 2; count += 1) {
        customers.create(chances.chance(0.5) ? 'webcrm' : 'fortnox');
        articles.create();
      }
      // Some of it before its customer is in step.
      if (chances.chance(0.5)) await scene.pause(60_000);
      if (chances.chance(0.8)) await deliveries.create();
      if (chances.chance(0.6)) documents.create();
    },
    /** One thing that somebody does. */
    async act(): Promise<void> {
      for (let tries = 0; tries < 8; tries += 1) if (await draw()()) return;
    },
  };
}
export type People = ReturnType<typeof createPeople>;
