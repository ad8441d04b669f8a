import t from 'tap';
import { customer, openWorld } from '../support/world.ts';

t.test(
  'A1 B6 R77 a record whose number holds a slash, a blank or a question mark can be asked for and named',
  async (t) => {
    const world = await openWorld();
    t.teardown(world.close);
    await customer(world);
    for (const id of ['A/1', 'A 1', 'A#1?b', 'a'.repeat(50)]) {
      world.fortnox.person.createArticle({ ArticleNumber: id, Description: 'Lampa' });
      await world.quiet();
      const { status, body } = await world.call(`/explain?entity=article&side=fortnox&id=${encodeURIComponent(id)}`);
      t.match([status, body.record], [200, { id, name: 'Lampa' }], id);
      t.equal((await world.call('/jobs/sync', { side: 'fortnox', entity: 'article', id })).status, 202, id);
      t.equal((await world.call(`/persons/fortnox/${encodeURIComponent(id)}`)).status, 200, id);
    }
    for (const id of ['', ' 1', '1 ', 'a\nb', 'a'.repeat(65)]) {
      const refused = await world.call(`/explain?entity=article&side=fortnox&id=${encodeURIComponent(id)}`);
      t.match([refused.status, refused.body.code], [400, 'invalid-body'], JSON.stringify(id));
    }
    await world.quiet();
    t.same(world.violations(), []);
  },
);
