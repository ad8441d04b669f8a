import t from 'tap';
import { customer, delivery, line, type World } from '../support/world.ts';
import { clean, open } from './document-scene.ts';

t.setTimeout(240_000);

/** webCRM's delivery and opportunity share one space of ids; the sandbox has no opportunities, so this id leads nowhere. */
const OPPORTUNITY = 98_765;

const LINE = { QuotationLineId: 5, QuotationLineOpportunityId: OPPORTUNITY };

/** The hook of quotation lines, with this body. */
async function tellLine(world: World, body: object) {
  const hook = world.webcrm.hooks().find(({ TargetUrl }) => /\/lines(\?|\/|$)/.test(TargetUrl));
  const url = new URL(hook?.TargetUrl ?? '').pathname;
  return (await world.inject({ method: 'POST', url, payload: body })).statusCode;
}

/** webCRM gives out the line of the opportunity when it is asked whose it is. */
function withLine({ runtime }: World) {
  const { fetch } = runtime;
  runtime.fetch = async (input, init) =>
    String(input instanceof Request ? input.url : input).includes('/QuotationLines/5')
      ? Response.json(LINE)
      : fetch(input, init);
}

const asked = (world: World) => world.calls().webcrm['GET /Deliveries/{id}'] ?? 0;

t.test('R44 a line of an opportunity leaves no trace: it is no delivery that is gone', async (t) => {
  for (const [named, body] of [
    ['by its opportunity', LINE],
    ['by its own id', { QuotationLineId: 5 }],
  ] as const) {
    const world = await open(t);
    withLine(world);
    const before = { asked: asked(world), lines: await world.lines() };
    t.equal(await tellLine(world, body), 202);
    await world.quiet();
    t.ok(asked(world) > before.asked, `it was looked for, ${named}`);
    t.strictSame(await world.refusals(), []);
    t.strictSame(await world.lines(), before.lines);
    t.match((await world.call('/document-mode')).body, { waiting: 0 }, 'nor is it a delivery that waits');
    await clean(t, world);
  }
});

t.test('R44 R71 who asks for it by name is told that there is no such delivery', async (t) => {
  const world = await open(t);
  const record = { side: 'webcrm', entity: 'delivery', id: String(OPPORTUNITY) };
  t.equal((await world.call('/jobs/sync', record)).status, 202);
  await world.quiet();
  t.match(await world.refusals(), [{ ...record, reason: 'gone-in-webcrm' }]);
  await clean(t, world);
});

t.test('R71 a delivery that waited and was deleted says that it is gone', async (t) => {
  const world = await open(t);
  const { organisation } = await customer(world);
  const id = world.webcrm.person.createDelivery(delivery(organisation, { DeliveryStatus: 'New' }));
  world.webcrm.person.createLine(id, line('A1', 'Lampa', 1, 100));
  await world.quiet();
  t.match(await world.refusals(), [{ id: String(id), reason: 'status-not-selected' }]);
  world.webcrm.person.deleteDelivery(id);
  await world.hint('delivery', 'webcrm', id);
  await world.quiet();
  t.match(await world.refusals(), [{ id: String(id), reason: 'gone-in-webcrm' }]);
  await clean(t, world);
});
