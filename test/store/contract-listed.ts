import type { Listed } from '../../schemas/imports.ts';
import type { Store } from '../../src/store/port.ts';
import type { Tap } from './contract.ts';
import { HOSTILE, listedOf, readAll, using } from './fixtures.ts';

const ids = (items: readonly { id: string }[]): string[] => items.map((item) => item.id);
const get = (store: Store, record: Listed) =>
  store.listed.get(record.tenant, record.importId, record.kind, record.side, record.id);
const find = async (store: Store, by: 'number' | 'organisationNumber' | 'name', value: string) =>
  ids(await store.listed.find('t1', 'i', 'customer', 'webcrm', by, value));

export async function listedContract(tap: Tap, open: () => Promise<Store>): Promise<void> {
  await tap.test('R24 what an import listed is kept by tenant, import, kind, side and id, and replaced whole', (t) =>
    using(open, async (store) => {
      const whole = listedOf('1', {
        name: 'Å',
        number: '7',
        organisationNumber: '556000-0001',
        record: { OrganisationId: 1, deep: { list: [1, null, 'å\ud800\0'] } },
        stale: true,
        partner: '9',
        outcome: 'update',
        reason: 'differs',
        lost: [{ field: 'name', before: 'Å', after: null, side: 'webcrm' }],
      });
      const records = [
        whole,
        listedOf('1', { side: 'fortnox' }),
        listedOf('1', { kind: 'article' }),
        listedOf('1', { importId: 'j' }),
        listedOf('1', { tenant: 't2' }),
        listedOf('2'),
      ];
      await store.listed.put(records);
      await store.listed.put([]);
      for (const record of records) t.strictSame(await get(store, record), record);
      t.equal(await get(store, listedOf('3')), null);
      await store.listed.put([listedOf('1', { name: 'B' }), listedOf('2', { outcome: 'skip' }), listedOf('2')]);
      t.strictSame(await get(store, whole), listedOf('1', { name: 'B' }));
      t.strictSame(await get(store, listedOf('2')), listedOf('2'), 'the last one of a set counts');
      t.strictSame(await find(store, 'name', 'å'), [], 'the former name is forgotten');
      t.strictSame(await find(store, 'name', 'b'), ['1']);
      const broken = { ...listedOf('5'), stale: false, kind: null } as unknown as Listed;
      await t.rejects(store.listed.put([listedOf('4'), broken]), { code: 'store-failed' });
      t.equal(await get(store, listedOf('4')), null, 'all records or none');
    }),
  );

  await tap.test('R20 records are found by number, organisation number and name, whatever the case', (t) =>
    using(open, async (store) => {
      await store.listed.put([
        listedOf('1', { name: 'ÅKERI Öst AB', number: 'K-ä1', organisationNumber: '556000-0001' }),
        listedOf('2', { name: 'åkeri öst ab', number: '7' }),
        listedOf('3', { name: 'Akeri Ost AB', organisationNumber: '556000-0001' }),
        listedOf('4', { side: 'fortnox', name: 'Åkeri öst AB', number: '7' }),
        listedOf('5', { importId: 'j', name: 'Åkeri öst AB', number: '7' }),
        listedOf('6', { kind: 'article', name: 'Åkeri öst AB', number: '7' }),
        listedOf('7', { tenant: 't2', name: 'Åkeri öst AB', number: '7' }),
        listedOf('8', { name: '', number: '' }),
      ]);
      t.strictSame(await find(store, 'name', 'åKERI ÖST ab'), ['1', '2']);
      t.strictSame(await find(store, 'name', 'akeri ost ab'), ['3']);
      t.strictSame(await find(store, 'number', 'k-Ä1'), ['1']);
      t.strictSame(await find(store, 'number', '7'), ['2']);
      t.strictSame(await find(store, 'organisationNumber', '556000-0001'), ['1', '3']);
      t.strictSame(await find(store, 'name', '%'), []);
      t.strictSame(await find(store, 'name', ''), ['8'], 'empty is a value, and none is not empty');
      t.strictSame(await find(store, 'organisationNumber', ''), []);
      t.strictSame(ids(await store.listed.find('t1', 'i', 'customer', 'fortnox', 'number', '7')), ['4']);
      await store.listed.put(Array.from({ length: 60 }, (_, n) => listedOf(`same${n}`, { name: 'Same' })));
      t.equal((await find(store, 'name', 'SAME')).length, 50);
    }),
  );

  await tap.test('R24 lists are in order of kind, side and id, filtered, and stable while outcomes are written', (t) =>
    using(open, async (store) => {
      const kinds = ['customer', 'article', 'order'] as const;
      const outcomes = ['match', 'update', null] as const;
      const records = Array.from({ length: 36 }, (_, n) =>
        listedOf(String(100 + (n % 9)), {
          kind: kinds[n % 3] ?? 'customer',
          side: n % 2 ? 'webcrm' : 'fortnox',
          id: String(100 + n),
          outcome: outcomes[Math.floor(n / 6) % 3] ?? null,
        }),
      );
      await store.listed.put(records);
      await store.listed.put([listedOf('100', { importId: 'j' }), listedOf('100', { tenant: 't2' })]);
      const keyOf = (record: Listed) => `${record.kind} ${record.side} ${record.id}`;
      const expected = (filter: Partial<Listed>) =>
        records
          .filter((record) => Object.entries(filter).every(([name, value]) => record[name as keyof Listed] === value))
          .map(keyOf)
          .sort();
      const filters: Parameters<Store['listed']['list']>[2][] = [
        { limit: 0 },
        { limit: 0, kind: 'article' },
        { limit: 0, side: 'webcrm' },
        { limit: 0, outcome: 'update' },
        { limit: 0, kind: 'order', side: 'fortnox' },
        { limit: 0, kind: 'order', outcome: 'match' },
        { limit: 0, side: 'webcrm', outcome: 'match' },
        { limit: 0, kind: 'customer', side: 'webcrm', outcome: 'match' },
        { limit: 0, kind: 'invoice' },
      ];
      for (const { limit: _, cursor: __, ...filter } of filters)
        for (const limit of [1, 5, 36]) {
          const list = await readAll((page) => store.listed.list('t1', 'i', { ...page, ...filter }), limit);
          t.strictSame(list.map(keyOf), expected(filter as Partial<Listed>), `${JSON.stringify(filter)} by ${limit}`);
        }
      let turn = 0;
      const seen = await readAll(
        (page) => store.listed.list('t1', 'i', page),
        5,
        async () => {
          const record = records[(turn * 7) % 36];
          if (record) await store.listed.put([{ ...record, outcome: 'conflict' }]);
          await store.listed.put([listedOf(`0${turn++}`, { kind: 'article' })]);
        },
      );
      const first = expected({}).filter((key) => seen.map(keyOf).includes(key));
      t.strictSame(first, expected({}), 'each one is seen');
      t.equal(new Set(seen.map(keyOf)).size, seen.length, 'and once');
      const cursor = (await store.listed.list('t1', 'i', { limit: 1 })).next ?? '';
      await t.rejects(store.listed.list('t1', 'i', { limit: 1, kind: 'order', cursor }), { code: 'invalid-body' });
      await t.rejects(store.listed.list('t1', 'i', { limit: 0 }), { code: 'invalid-body' });
    }),
  );

  await tap.test('R24 a touched record is stale in every import of its tenant, until it is put anew', (t) =>
    using(open, async (store) => {
      const mine = [listedOf('1', { outcome: 'match' }), listedOf('1', { importId: 'j', number: '5' })];
      const others = [
        listedOf('2'),
        listedOf('1', { side: 'fortnox' }),
        listedOf('1', { kind: 'article' }),
        listedOf('1', { tenant: 't2' }),
      ];
      await store.listed.put([...mine, ...others]);
      await store.listed.touch('t1', 'customer', 'webcrm', '1');
      await store.listed.touch('t1', 'customer', 'webcrm', '1');
      await store.listed.touch('t1', 'customer', 'webcrm', 'none');
      for (const record of mine) t.strictSame(await get(store, record), { ...record, stale: true });
      for (const record of others) t.strictSame(await get(store, record), record);
      t.match(await store.listed.list('t1', 'i', { limit: 5, outcome: 'match' }), { items: [{ stale: true }] });
      t.match(await store.listed.find('t1', 'j', 'customer', 'webcrm', 'number', '5'), [{ stale: true }]);
      await store.listed.put([listedOf('1')]);
      t.equal((await get(store, listedOf('1')))?.stale, false);
    }),
  );

  await tap.test('hostile ids and values stay apart', (t) =>
    using(open, async (store) => {
      await store.listed.put(HOSTILE.map((id) => listedOf(id, { name: id, number: id, organisationNumber: id })));
      await store.listed.put(HOSTILE.map((id) => listedOf(id, { importId: id })));
      for (const id of HOSTILE) {
        for (const by of ['name', 'number', 'organisationNumber'] as const)
          t.strictSame(await find(store, by, id), [id], by);
        await store.listed.touch('t1', 'customer', 'webcrm', id);
        t.match(await get(store, listedOf(id)), { id, name: id, stale: true });
        t.strictSame(ids((await store.listed.list('t1', id, { limit: 5 })).items), [id]);
      }
      const all = await readAll((page) => store.listed.list('t1', 'i', page), 1);
      t.strictSame(ids(all).sort(), [...HOSTILE].sort(), 'paging passes every id once');
      for (const id of HOSTILE) await store.listed.clear('t1', id);
      for (const id of HOSTILE) t.strictSame((await store.listed.list('t1', id, { limit: 5 })).items, []);
      t.equal((await store.listed.list('t1', 'i', { limit: 99 })).items.length, HOSTILE.length);
    }),
  );

  await tap.test(
    'B3 10,000 records: found singly and paged, none of them loaded with the others; then forgotten',
    (t) =>
      using(open, async (store) => {
        const filler = 'x'.repeat(500);
        for (let part = 0; part < 20; part++)
          await store.listed.put(
            Array.from({ length: 500 }, (_, n) => {
              const id = String(part * 500 + n);
              return listedOf(id, { name: `Firma ${id} Å`, number: id, record: { filler }, outcome: 'match' });
            }),
          );
        await store.listed.put([listedOf('kept', { importId: 'j' })]);
        const started = process.hrtime.bigint();
        for (let n = 0; n < 10_000; n += 50) {
          const found = await find(store, 'name', `FIRMA ${n} å`);
          if (found.length !== 1 || found[0] !== String(n)) t.fail(`${n}: ${found}`);
        }
        const page = await store.listed.list('t1', 'i', { limit: 50, kind: 'customer', outcome: 'match' });
        t.equal(page.items.length, 50);
        // Reading them all once takes longer than this; 200 times, minutes.
        const ms = Number(process.hrtime.bigint() - started) / 1e6;
        t.ok(ms < 5000, `${ms} ms`);
        const seen = await readAll((one) => store.listed.list('t1', 'i', one), 1000);
        t.equal(new Set(ids(seen)).size, 10_000);
        await store.listed.clear('t1', 'i');
        t.strictSame((await store.listed.list('t1', 'i', { limit: 5 })).items, []);
        t.strictSame(await find(store, 'number', '7'), []);
        t.ok(await get(store, listedOf('kept', { importId: 'j' })), 'another import is another import');
        await store.listed.clear('t1', 'none');
      }),
  );
}
