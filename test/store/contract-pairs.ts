import type { Store } from '../../src/store/port.ts';
import type { Tap } from './contract.ts';
import { articleOf, HOSTILE, intentOf, invoiceOf, orderOf, pairOf, readAll, rowsOf, using } from './fixtures.ts';

const ids = (items: readonly { id: string }[]): string[] => items.map((item) => item.id);
const DUPLICATE = { code: 'store-duplicate' };

export async function pairsContract(tap: Tap, open: () => Promise<Store>): Promise<void> {
  await tap.test('B1 pairs: one per id of either side, also in a race', (t) =>
    using(open, async (store) => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, n) => store.pairs.insert(pairOf(`p${n}`, { webcrmId: '1', fortnoxId: `${n}` }))),
      );
      t.equal(outcomes.filter((outcome) => outcome.status === 'fulfilled').length, 1);
      const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
      t.ok(reasons.every((code) => code === 'store-duplicate'));
      await store.pairs.insert(pairOf('other', { tenant: 't2', webcrmId: '1' }));
      await store.pairs.insert(pairOf('q', { fortnoxId: '900' }));
      await store.pairs.insert(pairOf('r'));
      await t.rejects(store.pairs.insert(pairOf('s', { fortnoxId: '900' })), { code: 'store-duplicate' });
      await t.rejects(store.pairs.insert(pairOf('q')), { code: 'store-duplicate' });
      await t.rejects(store.pairs.replace(pairOf('r', { webcrmId: '1' })), { code: 'store-duplicate' });
      t.equal((await store.pairs.bySide('t1', 'customer', 'fortnox', '900'))?.id, 'q');
      t.equal((await store.pairs.bySide('t2', 'customer', 'webcrm', '1'))?.id, 'other');
      t.equal(await store.pairs.bySide('t2', 'customer', 'fortnox', '1'), null);
      t.equal(await store.pairs.get('t2', 'q'), null, 'another tenant sees nothing');
    }),
  );

  await tap.test('R23 the open intent is found by its key until it is closed', (t) =>
    using(open, async (store) => {
      const intent = intentOf('k1');
      await store.pairs.insert(pairOf('p', { intent, state: 'creating' }));
      t.strictSame((await store.pairs.byIntentKey('t1', 'k1'))?.intent, intent);
      t.equal(await store.pairs.byIntentKey('t2', 'k1'), null);
      await store.pairs.replace(pairOf('p'));
      t.equal(await store.pairs.byIntentKey('t1', 'k1'), null);
    }),
  );

  await tap.test('R49 ids are unique by what they are of: four records of Fortnox may be number 5', (t) =>
    using(open, async (store) => {
      const four = [
        pairOf('c', { webcrmId: '5', fortnoxId: '5' }),
        articleOf('a', { webcrmId: '5', fortnoxId: '5' }),
        orderOf('o', { webcrmId: '5', fortnoxId: '5' }),
        invoiceOf('i', { webcrmId: '6', fortnoxId: '5' }),
      ];
      for (const pair of four) await store.pairs.insert(pair);
      for (const pair of four) t.strictSame(await store.pairs.get('t1', pair.id), pair);
      const bySide = async (entity: Parameters<Store['pairs']['bySide']>[1], side: 'webcrm' | 'fortnox', id = '5') =>
        (await store.pairs.bySide('t1', entity, side, id))?.id ?? null;
      t.equal(await bySide('customer', 'fortnox'), 'c');
      t.equal(await bySide('article', 'fortnox'), 'a');
      t.equal(await bySide('order', 'fortnox'), 'o');
      t.equal(await bySide('invoice', 'fortnox'), 'i');
      t.equal(await bySide('customer', 'webcrm'), 'c');
      t.equal(await bySide('article', 'webcrm'), 'a');
      t.equal(await bySide('delivery', 'webcrm'), 'o');
      t.equal(await bySide('delivery', 'webcrm', '6'), 'i');
      t.equal(await bySide('delivery', 'fortnox'), null, 'Fortnox has no deliveries');
      t.equal(await bySide('order', 'webcrm'), null, 'and webCRM no orders');
      t.equal(await bySide('line', 'webcrm'), null);

      await t.rejects(store.pairs.insert(orderOf('o2', { webcrmId: '7', fortnoxId: '5' })), DUPLICATE);
      await t.rejects(store.pairs.insert(invoiceOf('i2', { webcrmId: '7', fortnoxId: '5' })), DUPLICATE);
      await t.rejects(store.pairs.insert(articleOf('a2', { webcrmId: '7', fortnoxId: '5' })), DUPLICATE);
      await t.rejects(store.pairs.insert(invoiceOf('i3', { webcrmId: '5', fortnoxId: '7' })), DUPLICATE);
      await store.pairs.insert(orderOf('o4', { webcrmId: '8' }));
      await t.rejects(store.pairs.replace(orderOf('o4', { webcrmId: '8', fortnoxId: '5' })), DUPLICATE);
      t.equal((await store.pairs.get('t1', 'o4'))?.fortnoxId, null);
      await store.pairs.replace(invoiceOf('o4', { webcrmId: '8', fortnoxId: '9' }));
      t.equal(await bySide('invoice', 'fortnox', '9'), 'o4', 'what it became is kept with the rest');
    }),
  );

  await tap.test('R40 one collective invoice serves several orders; open orders have none yet', (t) =>
    using(open, async (store) => {
      const order = (id: string, invoiceRef: string | null, customerNumber: string | null, more: object = {}) =>
        store.pairs.insert(orderOf(id, { fortnoxId: id, invoiceRef, customerNumber, ...more }));
      await order('1', '70', '10');
      await order('2', '70', '10');
      await order('3', '71', '10');
      await order('4', null, '10');
      await order('5', null, '10');
      await order('6', null, '11');
      await order('7', null, null);
      await order('8', '70', '10', { tenant: 't2' });
      await store.pairs.insert(invoiceOf('9', { fortnoxId: '70', customerNumber: '10' }));
      await store.pairs.insert(pairOf('10', { fortnoxId: '10', customerNumber: '10' }));
      const byInvoice = async (id: string) => ids(await store.pairs.byInvoice('t1', id)).sort();
      const openOrders = async (id: string) => ids(await store.pairs.openOrders('t1', id)).sort();
      t.strictSame(await byInvoice('70'), ['1', '2']);
      t.strictSame(await byInvoice('71'), ['3']);
      t.strictSame(await byInvoice('5'), [], 'an order number is no invoice number');
      t.strictSame(await openOrders('10'), ['4', '5']);
      t.strictSame(await openOrders('11'), ['6']);
      t.strictSame(await openOrders('none'), []);
      t.strictSame(ids(await store.pairs.openOrders('t2', '10')), []);

      const invoiced = orderOf('4', { fortnoxId: '4', invoiceRef: '71', customerNumber: '10' });
      const next = await store.pairs.replace(invoiced);
      t.strictSame(await byInvoice('71'), ['3', '4']);
      t.strictSame(await openOrders('10'), ['5']);
      await store.pairs.replace({ ...next, invoiceRef: null, customerNumber: '11' });
      t.strictSame(await byInvoice('71'), ['3']);
      t.strictSame(await openOrders('11'), ['4', '6']);

      for (let n = 0; n < 210; n++) {
        await order(`m${n}`, '99', '12', { updatedAt: n });
        await order(`n${n}`, null, '12', { updatedAt: n });
      }
      const many = await store.pairs.byInvoice('t1', '99');
      t.equal(many.length, 200, 'no more than 200');
      t.equal(many[0]?.id, 'm209', 'the newest of them');
      const open200 = await store.pairs.openOrders('t1', '12');
      t.equal(open200.length, 200);
      t.equal(open200[0]?.id, 'n209');
    }),
  );

  await tap.test('R44 a quotation line leads to the delivery that holds it now', (t) =>
    using(open, async (store) => {
      const byLine = async (line: string, tenant = 't1') => (await store.pairs.byLine(tenant, line))?.id ?? null;
      await store.pairs.insert(orderOf('d', { webcrmId: '1', rows: rowsOf('11', '12', null, null) }));
      await store.pairs.insert(orderOf('e', { webcrmId: '2', rows: null }));
      await store.pairs.insert(orderOf('f', { tenant: 't2', webcrmId: '1', rows: rowsOf('11') }));
      t.equal(await byLine('11'), 'd');
      t.equal(await byLine('12'), 'd');
      t.equal(await byLine('11', 't2'), 'f');
      t.equal(await byLine('12', 't2'), null);
      t.equal(await byLine('13'), null);
      t.equal(await byLine('null'), null, 'a line that is yet to be posted has no id');

      const next = await store.pairs.replace(orderOf('d', { webcrmId: '1', rows: rowsOf('12', '13', '13') }));
      t.equal(await byLine('11'), null, 'gone from the delivery');
      t.strictSame(await store.pairs.byLine('t1', '12'), next);
      t.equal(await byLine('13'), 'd');
      await t.rejects(store.pairs.replace(orderOf('d', { rows: rowsOf('14') })), { code: 'version-changed' });
      await t.rejects(store.pairs.insert(orderOf('g', { webcrmId: '1', rows: rowsOf('15') })), DUPLICATE);
      await t.rejects(store.pairs.replace(orderOf('e', { webcrmId: '1', rows: rowsOf('16') })), DUPLICATE);
      for (const line of ['14', '15', '16']) t.equal(await byLine(line), null, 'a refused write leaves no line');

      await store.pairs.replace(orderOf('e', { webcrmId: '2', rows: rowsOf('13'), updatedAt: 2000 }));
      t.equal(await byLine('13'), 'e', 'a line that was moved: the pair that was written last');
      await store.pairs.replace({ ...next, rows: [], updatedAt: 3000 });
      t.equal(await byLine('13'), 'e');
      t.equal(await byLine('12'), null);

      const intent = intentOf('k', { rows: rowsOf('21', '22') });
      const creating = orderOf('h', { webcrmId: '9', state: 'creating', intent });
      await store.pairs.insert(creating);
      t.equal(await byLine('21'), 'h', 'a line of an intent may be deleted while its document is made');
      await store.pairs.replace({ ...creating, state: 'linked', intent: null, rows: rowsOf('22') });
      t.equal(await byLine('21'), null);
      t.equal(await byLine('22'), 'h');
    }),
  );

  await tap.test('B2 pairs are listed by entity and state', (t) =>
    using(open, async (store) => {
      const kinds = [pairOf, articleOf, orderOf, invoiceOf];
      for (let n = 0; n < 24; n++) {
        const make = kinds[n % 4] ?? pairOf;
        await store.pairs.insert(make(`p${n}`, { updatedAt: 1000 + (n % 3), state: n < 8 ? 'conflict' : 'linked' }));
      }
      await store.pairs.insert(orderOf('other', { tenant: 't2' }));
      const list = (filter: { state?: string; entity?: 'customer' | 'article' | 'delivery' }) =>
        readAll((page) => store.pairs.list('t1', { ...page, ...filter }), 5);
      const deliveries = await list({ entity: 'delivery' });
      t.equal(deliveries.length, 12);
      t.equal(new Set(ids(deliveries)).size, 12);
      t.ok(deliveries.every((pair) => pair.entity === 'delivery'));
      t.strictSame(
        deliveries.map((pair) => pair.updatedAt),
        deliveries.map((pair) => pair.updatedAt).sort((a, b) => b - a),
      );
      t.equal((await list({ entity: 'article' })).length, 6);
      t.equal((await list({ entity: 'customer', state: 'conflict' })).length, 2);
      t.equal((await list({ state: 'conflict' })).length, 8);
      t.equal((await list({})).length, 24);
    }),
  );

  await tap.test('hostile ids of lines, invoices and customers stay apart', (t) =>
    using(open, async (store) => {
      for (const id of HOSTILE) {
        await store.pairs.insert(orderOf(`o${id}`, { fortnoxId: id, invoiceRef: id, rows: rowsOf(id) }));
        await store.pairs.insert(orderOf(`p${id}`, { customerNumber: id }));
      }
      for (const id of HOSTILE) {
        t.equal((await store.pairs.byLine('t1', id))?.id, `o${id}`);
        t.equal((await store.pairs.bySide('t1', 'order', 'fortnox', id))?.id, `o${id}`);
        t.strictSame(ids(await store.pairs.byInvoice('t1', id)), [`o${id}`]);
        t.strictSame(ids(await store.pairs.openOrders('t1', id)), [`p${id}`]);
      }
    }),
  );
}
