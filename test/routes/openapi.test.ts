import { readFileSync } from 'node:fs';
import t from 'tap';
import { type Document, lint } from './openapi-rules.ts';
import { createWorld } from './world.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

t.test(
  'B8 the OpenAPI document holds every rule of ours: names, roles, parameters, answers, examples, schemas',
  async (t) => {
    const world = await createWorld();
    t.teardown(world.close);
    const document = (await world.app.inject('/docs/json')).json() as Document;
    t.ok(Object.keys(document.paths).length > 50);
    t.strictSame(lint(document, version), []);
  },
);

t.test('B8 an answer that the document does not describe fails the test that asked for it', async (t) => {
  const world = await createWorld();
  const { id } = (await world.api('POST', '/tenants', { name: 'One' })).json().tenant;
  const suggested = { types: [], customFields: {}, documents: { fields: {}, items: {} } };
  const told = { types: ['Customer', null], organisation: [], delivery: [], lines: [], suggested };
  Object.assign(world.services.lookup, { fields: async () => told });
  t.strictSame(
    (await world.api('GET', `/tenants/${id}/fields`)).json().types,
    ['Customer', ''],
    'null is written as ""',
  );
  await t.rejects(world.app.close(), /fields, answer 200: \/types\/1 must be string/);
  await world.store.close();
});
