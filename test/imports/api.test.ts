import t from 'tap';
import { buildDescribedApp } from '../support/described-app.ts';
import { customer, openImports, organisation } from './support.ts';

t.setTimeout(240_000);

/** The company has no licence for it (fortnox.md 4). */
const LICENCE = JSON.stringify({ ErrorInformation: { error: 1, message: 'Saknar licens', code: 2001103 } });

t.test('B3 C5 imports over HTTP: dry run, records, start, stop, resume, and what is refused', async (t) => {
  const world = await openImports({
    seed({ fortnox, webcrm }) {
      for (let n = 0; n < 150; n += 1) fortnox.person.createCustomer(customer(n));
      webcrm.person.createOrganisation(organisation(1, { OrganisationCity: 'Kiruna' }));
    },
  });
  t.teardown(() => world.close());
  const app = await buildDescribedApp(world.services());
  t.teardown(() => app.close());
  const call = async (method: 'GET' | 'POST', path: string, payload?: object) => {
    const answer = await world.drive(
      app.inject({
        method,
        url: `/api/tenants/${world.tenantId}/imports${path}`,
        headers: { authorization: `Bearer ${world.adminToken}` },
        ...(payload ? { payload } : {}),
      }) as unknown as Promise<{ statusCode: number; json(): Record<string, never> }>,
    );
    return { status: answer.statusCode, body: answer.json() as Record<string, unknown> };
  };

  for (const wrong of [{ kinds: [] }, { kinds: ['person'] }, { direction: 'up' }, { from: 'soon' }, { other: 1 }])
    t.match(await call('POST', '', wrong), { status: 400, body: { code: 'invalid-body' } }, JSON.stringify(wrong));
  const begun = await call('POST', '', { kinds: ['customer'], dryRun: true, from: '2026-01-01' });
  t.match(begun, {
    status: 202,
    body: { state: 'listing', kinds: ['customer'], direction: 'both', from: '2026-01-01', dryRun: true, counts: {} },
  });
  const id = String(begun.body.id);
  t.match(await call('POST', ''), { status: 409, body: { code: 'conflict' } });
  t.match(await call('POST', `/${id}/start`), { status: 409 });
  await world.until(id, ['ready']);
  t.match(await call('GET', `/${id}`), {
    status: 200,
    body: { state: 'ready', counts: { update: 1, 'create-in-webcrm': 149 }, compared: 151, budgets: null },
  });
  const records = await call('GET', `/${id}/records?outcome=update&kind=customer&side=webcrm&limit=10`);
  t.match(records, {
    status: 200,
    body: {
      items: [
        {
          reason: 'first-link-overwrote',
          message: /policy/,
          lost: [{ field: 'invoiceCity', before: 'Kiruna', after: 'Lund', side: 'webcrm' }],
        },
      ],
      next: null,
    },
  });
  t.match(await call('GET', `/${id}/records?outcome=all`), { status: 400 });
  t.match(await call('GET', '/none/records'), { status: 404, body: { code: 'not-found' } });
  t.match(await call('POST', `/${id}/start`), { status: 202, body: { state: 'running' } });
  await world.runtime.advance(10_000);
  t.match(await call('GET', `/${id}`), { body: { state: 'running', budgets: { webcrm: { limit: 250 } } } });
  t.match(await call('POST', `/${id}/stop`), { status: 200, body: { state: 'stopped' } });
  t.match(await call('POST', `/${id}/stop`), { status: 409 });
  const other = await call('POST', '');
  t.match(other, { status: 202, body: { kinds: ['article', 'customer'], direction: 'both', dryRun: false } });
  t.match(await call('POST', `/${id}/resume`), { status: 409, body: { detail: /active/ } });
  await world.until(String(other.body.id), ['done']);
  t.match(await call('POST', `/${id}/resume`), { status: 202 });
  await world.until(id, ['done']);
  t.match(await call('GET', ''), {
    status: 200,
    body: { items: [{ state: 'done' }, { state: 'done', id }], next: null },
  });
  t.equal(world.webcrm.organisations().length, 150);
  t.strictSame(world.violations(), []);
});

t.test(
  'B3 a vendor that fails for a while only delays an import; one that goes on failing ends it, with the reason',
  async (t) => {
    const world = await openImports({ seed: ({ fortnox }) => void fortnox.person.createCustomer(customer(1)) });
    t.teardown(() => world.close());
    world.fortnox.failNext({ method: 'GET', path: '/3/customers', status: 503, times: 3 });
    const first = await world.begin({ kinds: ['customer'], dryRun: true });
    await world.until(first.id, ['ready', 'failed']);
    t.match(await world.progress(first.id), { state: 'ready', total: 1, error: null });
    world.fortnox.failNext({ method: 'GET', path: '/3/customers', status: 503, times: 1000 });
    const second = await world.begin({ kinds: ['customer'] });
    await world.until(second.id, ['done', 'failed'], 3_600_000);
    t.match(await world.progress(second.id), { state: 'failed', error: /Fortnox/ });
    t.strictSame(await world.records(second.id), []);
  },
);

t.test('B7 an import waits for a connection that broke, and goes on when it is made again', async (t) => {
  const world = await openImports({ seed: ({ fortnox }) => void fortnox.person.createCustomer(customer(1)) });
  t.teardown(() => world.close());
  world.fortnox.failNext({ method: 'GET', path: '/3/customers', status: 403, times: 1, body: LICENCE });
  const { id } = await world.begin({ kinds: ['customer'] });
  await world.runtime.advance(60_000);
  t.equal((await world.store.tenants.get(world.tenantId))?.state, 'paused');
  t.equal((await world.progress(id)).state, 'listing');
  await world.drive(world.services().admin.connect(world.tenantId));
  await world.until(id, ['done', 'failed']);
  t.match(await world.progress(id), { state: 'done', total: 1 });
  t.equal(world.webcrm.organisations().length, 1);
});
