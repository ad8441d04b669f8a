import t from 'tap';
import { open, pairOf, unheard } from '../mending/support.ts';
import { customer, delivery, line, lines, rows } from '../support/world.ts';

t.setTimeout(240_000);

for (const [policy, expected, overwritten] of [
  ['fortnox', ['A1|Lampa|3|100', '|Frakt|1|50'], ['webcrm 2', 'webcrm Montering', 'webcrm 650']],
  ['webcrm', ['A1|Lampa|2|100', '|Montering|1|650'], ['fortnox 3', 'fortnox Frakt', 'fortnox 50']],
] as const) {
  t.test(`R21 B6 linked by hand with rows on both sides: those of ${policy} count, and none twice`, async (t) => {
    const world = await open(t, { settings: { conflictPolicy: policy } });
    const { organisation, number } = await customer(world);
    const [id, order] = unheard(world, () => {
      const made = world.webcrm.person.createDelivery(delivery(organisation));
      world.webcrm.person.createLine(made, line('A1', 'Lampa', 2, 100));
      world.webcrm.person.createLine(made, line('', 'Montering', 1, 650));
      return [
        made,
        world.fortnox.person.createOrder({
          CustomerNumber: number,
          OrderDate: '2026-03-02',
          OrderRows: [
            { ArticleNumber: 'A1', Description: 'Lampa', OrderedQuantity: '3', Price: 100 },
            { Description: 'Frakt', OrderedQuantity: '1', Price: 50 },
          ],
        }),
      ];
    });
    const answer = await world.call('/pairs', { webcrmId: String(id), fortnoxKind: 'order', fortnoxId: order });
    t.equal(answer.status, 201, JSON.stringify(answer.body));
    await world.quiet();
    t.match(await pairOf(world, id, 'delivery'), { state: 'linked', fortnoxId: order });
    t.strictSame(rows(world.fortnox.order(order)), expected);
    t.strictSame(lines(world, id), expected);
    const told = (await world.lines()).filter(({ entity, lost }) => entity === 'delivery' && lost.length > 0);
    t.match(told, [{ reasons: ['first-link-overwrote'] }]);
    const gone = told.flatMap(({ lost }) => lost.map(({ side, before }) => `${side} ${before}`));
    for (const value of overwritten) t.ok(gone.includes(value), `${value} is in the log`);
    t.strictSame(world.violations(), []);
    t.strictSame(await world.dead(), []);
  });
}
