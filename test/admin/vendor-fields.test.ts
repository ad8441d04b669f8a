import t from 'tap';
import { createWorld } from '../routes/world.ts';
import { articles, customer, line, openWorld } from '../support/world.ts';

interface Fields {
  types: string[];
  lines: { n: number; label: string | null; used: boolean | null; values: string[] }[];
  suggested: object;
}

t.test('S3 B6 webCRM tells its Types, its fields and the DataN of lines, at five calls', async (t) => {
  const world = await openWorld({ webcrm: { lineLabels: 'told' } });
  t.teardown(() => world.close());
  await articles(world);
  const { organisation } = await customer(world);
  const delivery = world.webcrm.person.createDelivery({ DeliveryOrganisationId: organisation, DeliveryStatus: 'New' });
  world.webcrm.person.createLine(delivery, line('A1', 'Lampa', 2, 100));
  await world.quiet();
  const before = world.webcrm.counts().total;
  const fields = (await world.call('/fields')).body as unknown as Fields;
  t.equal(world.webcrm.counts().total - before, 5);
  t.ok(fields.types.includes('Private Customer'));
  t.match(fields.lines.slice(0, 4), [
    { n: 1, label: 'Artikelnr', used: true, values: ['A1'] },
    { n: 2, label: 'Benämning', used: true, values: ['Lampa'] },
    { n: 3, label: 'Enhet', used: true },
    { n: 4, label: null, used: false, values: [] },
  ]);
  t.match(fields.suggested, {
    types: fields.types.map((type) => ({ type, kind: type === 'Private Customer' ? 'private' : 'company' })),
    documents: { items: { number: 1, name: 2, unit: 3 } },
  });
  t.same(world.violations(), []);
});

t.test('C3 settings are suggested by the labels of fields that they may name and that are free', async (t) => {
  const world = await createWorld();
  t.teardown(world.close);
  const { id } = (await world.api('POST', '/tenants', { name: 'One' })).json().tenant;
  const field = (name: string, label: string) => ({ name, label, maxLength: 50, values: [] });
  world.webcrm.organisationFields = async () => [
    { ...field('OrganisationType', 'Typ'), values: ['Kund', 'Privatkund'] },
    field('OrganisationCustom1', 'E-post'),
    field('OrganisationEmail', 'E-post'),
    field('OrganisationCustom2', 'Custom2'),
    field('OrganisationCustom3', 'E-postadress faktura'),
    field('OrganisationCustom4', 'Valuta'),
  ];
  world.webcrm.deliveryFields = async () => [
    field('DeliveryCustom1', 'Fakturanr'),
    field('DeliveryCustom2', 'Fakturadatum'),
  ];
  world.webcrm.listLines = () => Promise.reject(new Error('no right to lines'));
  const fields = (await world.api('GET', `/tenants/${id}/fields`)).json();
  t.strictSame(fields.suggested, {
    types: [
      { type: 'Kund', kind: 'company' },
      { type: 'Privatkund', kind: 'private' },
    ],
    // Custom1 is the customer number's already, and OrganisationEmail no field that settings may name.
    customFields: { email: 'OrganisationCustom3', currency: 'OrganisationCustom4' },
    documents: { fields: { invoiceNumber: 'DeliveryCustom1', invoiceDate: 'DeliveryCustom2' }, items: { number: 4 } },
  });
  t.strictSame(fields.lines[3].label, 'Varenr.');
  const { documents, ...others } = fields.suggested;
  const sent = { ...others, documents: { fields: { number: 'DeliveryNumber', ...documents.fields } } };
  const changed = await world.api('PATCH', `/tenants/${id}/settings`, {
    ...sent,
    defaultType: { company: 'Kund', private: 'Privatkund' },
    customFields: { customerNumber: 'OrganisationCustom1', ...sent.customFields },
  });
  t.equal(changed.statusCode, 200, changed.body);
});
