import t from 'tap';
import type { DocumentSettings } from '../../schemas/settings.ts';
import { DEFAULT_SETTINGS } from '../../schemas/settings.ts';
import type { CheckItem } from '../../src/admin/check-items.ts';
import { meaningOfPrice } from '../../src/admin/check-lines.ts';
import { checkUsedOnce } from '../../src/admin/check-settings.ts';
import type { ErrorCode } from '../../src/errors/codes.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import type { WebcrmLine } from '../../src/vendors/webcrm/types.ts';
import { createWorld } from '../routes/world.ts';
import { customer, line, openWorld } from '../support/world.ts';

t.setTimeout(240_000);

/** A line of list price 450, quantity 10 and discount 10 %, as in a real payload, with this price. */
const priced = (price: number, more: Partial<WebcrmLine> = {}): WebcrmLine => ({
  QuotationLineId: 1,
  QuotationLineQuantity: 10,
  QuotationLineListPrice: 450,
  QuotationLineDiscount: 10,
  QuotationLinePrice: price,
  QuotationLineVatPercentage: 25,
  ...more,
});

async function checked(documents: Partial<DocumentSettings> = {}) {
  const world = await createWorld();
  const { admin } = world.services;
  const { id } = (await admin.createTenant('One')).tenant;
  await admin.setWebcrmToken(id, 'x');
  await admin.setFortnoxGrant(id, { grant: 'client_credentials', tenantId: '555' });
  await admin.updateSettings(id, { documents });
  const items = async () => (await admin.check(id)).items;
  return {
    ...world,
    admin,
    id,
    items,
    item: async (name: string) => (await items()).find((one) => one.name === name),
  };
}
const refusing = (code: ErrorCode) => () => Promise.reject(new SyncError(code, 'The vendor says no.'));
const levels = (items: readonly CheckItem[], level: CheckItem['level']) =>
  items.filter((one) => one.level === level).map((one) => one.name);

t.test('R45 the meaning of QuotationLinePrice is read off lines that can tell, when all agree', async (t) => {
  for (const [lines, meaning, told] of [
    [[priced(4050), priced(4050)], 'total', 2],
    [[priced(450)], 'unit', 1],
    [[priced(450), priced(4050)], 'unknown', 2],
    [[priced(405)], 'unknown', 1],
    [[priced(4050.004)], 'total', 1],
    [[priced(100, { QuotationLineListPrice: 100, QuotationLineQuantity: 2, QuotationLineDiscount: 0 })], 'unit', 1],
    [[priced(450, { QuotationLineQuantity: 1, QuotationLineDiscount: 0 })], 'unknown', 0],
    [[priced(0), priced(450, { QuotationLineQuantity: 0 }), priced(4050, { QuotationLineListPrice: 0 })], 'unknown', 0],
    [[], 'unknown', 0],
  ] as const) {
    t.same(meaningOfPrice(lines), { meaning, told });
  }
});

t.test('S3 R45 the setting is compared with it: a warning, and what to do', async (t) => {
  for (const [setting, prices, level, remedy] of [
    ['list', [], 'note', null],
    ['list', [4050], 'note', /linePrice to total/],
    ['list', [450, 4050], 'note', null],
    ['total', [4050], 'note', null],
    ['unit', [450], 'note', null],
    ['unit', [4050], 'warning', /to total, or to list/],
    ['total', [450], 'warning', /to unit, or to list/],
    ['total', [], 'warning', /check again, or set documents.linePrice to list/],
    ['unit', [450, 4050], 'warning', /to list/],
  ] as const) {
    const world = await checked({ linePrice: setting });
    world.lines.push(...prices.map((price) => priced(price)));
    const item = await world.item('webcrm-line-price');
    t.match(item, { ok: true, level }, `${setting} ${prices}`);
    if (remedy === null) t.equal(item?.remedy, null);
    else t.match(item?.remedy, remedy);
    await world.close();
  }
});

t.test(
  'S3 VAT rates, currency codes, statuses and fields of lines that do not fit are warnings, not faults',
  async (t) => {
    const world = await checked();
    t.teardown(world.close);
    t.same(levels(await world.items(), 'warning'), []);
    world.lines.push(...[0, 6, 12, 25, 8, 25.5].map((rate) => priced(4050, { QuotationLineVatPercentage: rate })));
    world.deliveries.push(
      { DeliveryId: 1, DeliveryCurrencyName: '00' },
      { DeliveryId: 2, DeliveryCurrencyName: 'EUR' },
    );
    t.match(await world.item('webcrm-delivery-currencies'), { level: 'note', message: /"00"/, remedy: /ISO code/ });
    await world.admin.updateSettings(world.id, {
      documents: {
        currencies: [{ webcrm: '01', fortnox: 'EUR' }],
        sendStatuses: [],
        items: { number: 4, name: 2, unit: 9 },
      },
    });
    const result = await world.admin.check(world.id);
    t.equal(result.ok, true);
    t.same(levels(result.items, 'warning'), [
      'webcrm-send-statuses',
      'webcrm-delivery-currencies',
      'webcrm-vat-rates',
      'webcrm-line-fields-number',
      'webcrm-line-fields-unit',
    ]);
    t.match(await world.item('webcrm-vat-rates'), { message: /rates 8, 25\.5 %/ });
    t.match(await world.item('webcrm-line-fields-number'), {
      message: /QuotationLineData4/,
      remedy: /Data1, Data2, Data3/,
    });
    await world.admin.updateSettings(world.id, { documents: { currencies: [{ webcrm: '00', fortnox: 'SEK' }] } });
    t.match(await world.item('webcrm-delivery-currencies'), { level: 'note', remedy: null });

    world.webcrm.linkedSetup = async () => ({ linkedFields: null });
    t.match(await world.item('webcrm-line-fields'), { level: 'note', message: /does not tell/ });
    world.webcrm.linkedSetup = refusing('licence-missing');
    t.match(await world.item('webcrm-line-fields'), { level: 'warning', ok: true });
    t.equal((await world.admin.connect(world.id)).tenant.state, 'connected', 'warnings do not stand in the way');
  },
);

t.test('S3 automatic numbering of deliveries is guessed from the newest numbers', async (t) => {
  const world = await checked();
  t.teardown(world.close);
  const asked: string[] = [];
  const { getDocument } = world.fortnox;
  world.fortnox.getDocument = (kind, number, priority) => {
    asked.push(`${kind} ${number}`);
    return getDocument(kind, number, priority);
  };
  const item = () => world.item('webcrm-delivery-numbering');
  t.match(await item(), { level: 'note', message: /must be off/ });
  for (const number of ['1', '2', '3', '4']) {
    world.documents.add(number);
    world.deliveries.push({ DeliveryId: Number(number), DeliveryNumber: number });
  }
  world.deliveries.push({ DeliveryId: 5, DeliveryNumber: '' });
  world.deliveries.push({ DeliveryId: 6, DeliveryNumber: '77', DeliveryErpId: 'made from an invoice' });
  t.match(await item(), { level: 'note', remedy: null, message: /seems to be/ });
  t.same(asked, ['order 4', 'order 3']);
  world.deliveries.push({ DeliveryId: 9, DeliveryNumber: '1009' }, { DeliveryId: 8, DeliveryNumber: 'A-1008' });
  t.match(await item(), {
    level: 'warning',
    ok: true,
    message: /"1009", "A-1008"/,
    remedy: /Switch automatic numbering/,
  });
  world.fortnox.getDocument = refusing('licence-missing');
  t.match(await item(), { level: 'warning', ok: true, message: /says no/ });
  await world.admin.updateSettings(world.id, { documents: { fields: { number: 'DeliveryCustom1' } } });
  t.match(await item(), { level: 'note', remedy: null, message: /DeliveryCustom1/ });
});

t.test('S3 a field that holds two values is a fault', async (t) => {
  const settings = {
    ...DEFAULT_SETTINGS,
    customFields: { customerNumber: 'OrganisationCustom1', email: 'OrganisationCustom1' },
    documents: { ...DEFAULT_SETTINGS.documents, fields: { number: 'DeliveryNumber', remarks: 'DeliveryMemo' } },
  };
  t.match(checkUsedOnce(settings), [
    { name: 'webcrm-field-twice-email', level: 'fault', message: /for customerNumber and for email/ },
  ]);
  t.same(checkUsedOnce(DEFAULT_SETTINGS), []);
});

t.test('S3 each refusal says what was refused and what to do', async (t) => {
  const world = await checked();
  t.teardown(world.close);
  for (const [code, message, remedy] of [
    ['licence-missing', /probably.*says no/, /licence/],
    ['vendor-auth', /refuses the stored credentials.*says no/, /Store new credentials/],
    ['vendor-unreachable', /could not be asked/, /check again/],
    ['vendor-refused', /could not be checked/, /check again/],
  ] as const) {
    world.webcrm.organisationFields = refusing(code);
    world.fortnox.companyInformation = refusing(code);
    for (const name of ['webcrm-credentials', 'fortnox-credentials'])
      t.match(await world.item(name), { level: 'fault', ok: false, message, remedy }, code);
  }
});

t.test(
  'S3 a whole check costs at most 20 calls and writes nothing; the vendors are those of the sandboxes',
  async (t) => {
    const world = await openWorld({ webcrm: { linePrice: 'total' } });
    t.teardown(world.close);
    const { organisation } = await customer(world);
    for (const status of ['New', 'New', 'Planned']) {
      const delivery = world.webcrm.person.createDelivery({
        DeliveryOrganisationId: organisation,
        DeliveryStatus: status,
      });
      world.webcrm.person.createLine(delivery, line('', 'Lampa', 2, 100, { QuotationLineDiscount: 10 }));
    }
    await world.quiet();
    // A refresh of Fortnox's token goes to its login server and counts for no limit of the API.
    const calls = () => world.calls();
    const total = () =>
      Object.values(calls())
        .flatMap((routes) => Object.entries(routes))
        .reduce((sum, [route, count]) => (/oauth/.test(route) ? sum : sum + count), 0);
    const before = total();
    const earlier = calls();
    const answer = await world.call('/check', {});
    t.equal(answer.status, 200);
    const used = total() - before;
    t.ok(used <= 20, `${used} calls`);
    const after = calls();
    for (const side of ['webcrm', 'fortnox'] as const)
      for (const [route, count] of Object.entries(after[side]))
        if (count !== earlier[side][route]) t.match(route, /^GET /, route);
    const { ok, items } = answer.body as unknown as { ok: boolean; items: CheckItem[] };
    t.equal(ok, true);
    t.same(levels(items, 'fault'), []);
    t.match(
      items.find((one) => one.name === 'webcrm-line-price'),
      { level: 'note', message: /line's total/ },
    );
    t.match(
      items.find((one) => one.name === 'webcrm-delivery-numbering'),
      { level: 'note', message: /seems to be/ },
    );
    t.match(
      items.find((one) => one.name === 'webcrm-line-fields'),
      { level: 'note' },
    );
    for (const number of ['1001', '1002', '1003'])
      world.webcrm.person.createDelivery({
        DeliveryOrganisationId: organisation,
        DeliveryStatus: 'New',
        DeliveryNumber: number,
      });
    await world.quiet();
    const start = total();
    const later = (await world.call('/check', {})).body as unknown as { items: CheckItem[] };
    t.ok(total() - start <= 20, `${total() - start} calls with two numbers looked for`);
    t.same(levels(later.items, 'warning'), ['webcrm-delivery-numbering']);
    t.same(world.violations(), []);
  },
);
