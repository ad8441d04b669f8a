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

    const spoilt = JSON.parse(JSON.stringify(document).replace('"summary":"List tenants",', '')) as {
      paths: Record<
        string,
        Record<string, { operationId: string; parameters: { description?: string }[]; security: [] }>
      >;
    };
    const { get, post } = spoilt.paths['/api/tenants'] ?? {};
    const tenant = spoilt.paths['/api/tenants/{tenant}']?.get;
    if (!get || !post || !tenant) throw new Error('the operations are gone');
    post.operationId = get.operationId;
    get.security = [];
    delete tenant.parameters[0]?.description;
    const example = '/responses/200/content/application~1json/example'.split('/').slice(1);
    const last = example.reduce<unknown>(
      (at, name) => (at as Record<string, unknown>)[name.replace('~1', '/')],
      tenant,
    );
    Object.assign(last as object, { colour: 'red', state: 'lost' });
    t.strictSame(
      lint(spoilt as unknown as Document, '9.9.9').map((fault) => fault.replace(/: \{.*/, '')),
      [
        'info.version is 0.1.0, and the package has 9.9.9',
        'getTenants names two operations',
        'get /api/tenants: says what it does, in one group: no summary',
        'get /api/tenants: says who may call it: open, though of the API',
        'get /api/tenants/{tenant}: describes its parameters: the parameter tenant says nothing of itself',
        'get /api/tenants/{tenant}: gives an example of each body that fits its schema: 200: the example does not fit',
        'get /api/tenants/{tenant}: gives an example of each body that fits its schema: 200: the example has colour, which the schema does not',
      ],
      'and what does not hold them is told',
    );
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
