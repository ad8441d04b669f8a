import t from 'tap';
import { openImports, organisation } from './support.ts';

t.setTimeout(120_000);

/** An import whose list of webCRM is on its way for so long. */
const ON_ITS_WAY_MS = 5_000;

for (const first of ['list', 'job'] as const) {
  t.test(
    `R2 R24 what a person types while a page of an import's list is on its way is not written over; the ${first} ends first`,
    async (t) => {
      const ids: number[] = [];
      const world = await openImports({
        live: true,
        seed: ({ webcrm }) => {
          for (const n of [0, 1, 2]) ids.push(webcrm.person.createOrganisation(organisation(n)));
        },
      });
      t.teardown(() => world.close());
      const { runtime, webcrm, fortnox } = world;
      for (const id of ids) await world.hint('webcrm', id);
      await runtime.advance(60_000);
      const edited = ids[1] ?? 0;
      const pair = await world.store.pairs.bySide(world.tenantId, 'customer', 'webcrm', String(edited));
      t.equal(pair?.state, 'linked');

      const { fetch } = runtime;
      let isSlow = true;
      runtime.fetch = async (input, init) => {
        const answer = await fetch(input, init);
        const url = input instanceof Request ? input.url : String(input);
        const isEdit = url.includes(`/customers/${pair?.fortnoxId}`) && first === 'list';
        if (isSlow && (url.includes('/Organisations?') || isEdit))
          await new Promise((resolve) =>
            runtime.setTimer(isEdit ? 2 * ON_ITS_WAY_MS : ON_ITS_WAY_MS, () => resolve(null)),
          );
        return answer;
      };
      const { id } = await world.begin({ kinds: ['customer'], direction: 'to-fortnox' });
      await runtime.advance(1_000);
      webcrm.person.editOrganisation(edited, { OrganisationTelephone: '040-9', OrganisationCity: 'Malmö' });
      await world.hint('webcrm', edited);
      await runtime.advance(2 * ON_ITS_WAY_MS);
      isSlow = false;
      await world.until(id, ['done']);
      await runtime.advance(60_000);

      t.match(fortnox.customer(pair?.fortnoxId ?? ''), { Phone1: '040-9', City: 'Malmö' });
      t.match(webcrm.organisation(edited), { OrganisationTelephone: '040-9', OrganisationCity: 'Malmö' });
      const writes = fortnox.writes.filter(({ number, method }) => number === pair?.fortnoxId && method === 'PUT');
      t.equal(writes.length, 1, 'it is written once, and not taken back meanwhile');
      t.strictSame(await world.dead(), []);
      t.strictSame(world.violations(), []);
    },
  );
}

t.test('R2 R24 nor while the list that is read after a break is on its way', async (t) => {
  const ids: number[] = [];
  const world = await openImports({
    live: true,
    seed: ({ webcrm }) => {
      for (let n = 0; n < 220; n += 1) ids.push(webcrm.person.createOrganisation(organisation(n)));
    },
  });
  t.teardown(() => world.close());
  const { runtime, webcrm, fortnox } = world;
  // The last that the import comes to, in its second page: linked already, and not queued when the break comes.
  const edited = Number(ids.map(String).sort().at(-1));
  await world.hint('webcrm', edited);
  await runtime.advance(30_000);
  const pair = await world.store.pairs.bySide(world.tenantId, 'customer', 'webcrm', String(edited));
  t.equal(pair?.state, 'linked');
  const { id } = await world.begin({ kinds: ['customer'], direction: 'to-fortnox' });
  await runtime.runUntil(async () => (await world.progress(id)).queued > 0, 120_000);

  const { fetch } = runtime;
  let arrived = 0;
  runtime.fetch = async (input, init) => {
    const answer = await fetch(input, init);
    if (!(input instanceof Request ? input.url : String(input)).includes('/Organisations?')) return answer;
    await new Promise((resolve) => runtime.setTimer(ON_ITS_WAY_MS, () => resolve(null)));
    arrived += 1;
    return answer;
  };
  await world.crash();
  await runtime.advance(500);
  webcrm.person.editOrganisation(edited, { OrganisationTelephone: '040-9' });
  await world.hint('webcrm', edited);
  await runtime.advance(ON_ITS_WAY_MS - 1_000);
  t.equal(arrived, 0);
  t.equal(fortnox.customer(pair?.fortnoxId ?? '')?.Phone1, '040-9', 'it is brought before the list arrives');
  await world.until(id, ['done']);
  t.equal(arrived, 1);
  await runtime.advance(60_000);
  t.equal(fortnox.customer(pair?.fortnoxId ?? '')?.Phone1, '040-9');
  t.equal(webcrm.organisation(edited)?.OrganisationTelephone, '040-9');
  const writes = fortnox.writes.filter(({ number, method }) => number === pair?.fortnoxId && method === 'PUT');
  t.equal(writes.length, 1);
  t.strictSame(await world.dead(), []);
});
