import t from 'tap';
import { sleep, systemRuntime } from '../../src/runtime.ts';
import { openMongoStore } from '../../src/store/mongo/mongo-store.ts';
import { openWorld } from '../faults/world.ts';
import { type Fate, startProxy } from './servers/proxy.ts';
import { REPLICA_SETS, serversFor } from './servers/servers.ts';

/** Time that a second of the test's is for the service: what waits for a busy store waits less. */
const FACTOR = 20;
const LONGEST_MS = 1_200_000;
/** One command in so many suffers, so long as there are fates left. */
const EVERY = 6;
const ROUNDS = 4;
const LATE_MS = 150;
const CUSTOMERS = 4;
/** How the driver greets and looks after a connection is the driver's matter. */
const ITS_OWN = new Set(['hello', 'ismaster', 'isMaster', 'ping', 'endSessions', 'killCursors', 'saslStart']);
const NOT_PRIMARY: Fate = {
  answer: {
    ok: 0,
    code: 10107,
    codeName: 'NotWritablePrimary',
    errmsg: 'not primary',
    errorLabels: ['RetryableWriteError'],
  },
};
const FATES: readonly (() => Fate)[] = [
  ...(['cut-before', 'cut-within', 'cut-after', 'cut-answering', 'drip', 'noise'] as const).map((fate) => () => fate),
  () => ({ late: sleep(systemRuntime(), LATE_MS) }),
  () => NOT_PRIMARY,
];

t.setTimeout(240_000);

for (const server of serversFor(...REPLICA_SETS))
  t.test(
    `B1 B5 the way to the store breaks in every manner while the service works: one of each, no edit lost, on ${server.name}`,
    { skip: server.missing ?? false },
    async (t) => {
      const running = await server.start();
      const proxy = await startProxy(running.port ?? 0, `test-faults-${process.pid}`);
      t.teardown(async () => {
        await proxy.close();
        await running.stop();
      });
      const opened = await openMongoStore({ url: proxy.url, runtime: systemRuntime() });
      // One instance: in time as fast as this each would hold the other for dead (test/instances/ has several).
      const store = { ...opened, shared: false };
      const world = await openWorld({ factor: FACTOR, store });
      t.teardown(world.close);
      const { webcrm, fortnox, tenantId } = world;

      const fates = Array.from({ length: ROUNDS }, () => FATES).flat();
      let seen = 0;
      let struck = 0;
      proxy.decide((name) => {
        if (ITS_OWN.has(name)) return 'pass';
        seen += 1;
        if (seen % EVERY !== 0) return 'pass';
        const fate = fates[struck];
        if (fate === undefined) return 'pass';
        struck += 1;
        return fate();
      });

      /** As a vendor that sends again what was not acknowledged. */
      const hook = async (id: number): Promise<boolean> => {
        const url = `${world.url}/webhooks/webcrm/${world.hookToken}/organisations/update`;
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(id) });
        await answer.text();
        if (answer.status !== 202 && answer.status !== 503) t.fail(`a hook was answered with ${answer.status}`);
        return answer.status === 202;
      };
      const tell = async (id: number) => t.ok(await world.until(() => hook(id), { everyMs: 5_000, forMs: LONGEST_MS }));
      const organisation = (id: number) => webcrm.organisations().find(({ OrganisationId }) => OrganisationId === id);
      /** A store that is busy may answer no question either. */
      const idle = () =>
        store.jobs.counts(tenantId).then(
          ({ waiting, running: under, dead }) => waiting + under + dead === 0,
          () => false,
        );
      const rest = async (when: string) =>
        t.ok(await world.until(idle, { everyMs: 2_000, forMs: LONGEST_MS }), `at rest ${when}`);

      const ids = Array.from({ length: CUSTOMERS }, (_, n) =>
        webcrm.person.createOrganisation({ OrganisationName: `Lyktan ${n} AB`, OrganisationType: 'Customer' }),
      );
      for (const id of ids) await tell(id);
      await rest('after they were made');
      for (const id of ids) webcrm.person.editOrganisation(id, { OrganisationTelephone: `08-${id}` });
      for (const { CustomerNumber } of fortnox.customers()) {
        fortnox.person.editCustomer(CustomerNumber, { City: 'Lund' });
        await world.until(
          () =>
            world.hint('customer', 'fortnox', CustomerNumber).then(
              () => true,
              () => false,
            ),
          { everyMs: 2_000, forMs: LONGEST_MS },
        );
      }
      for (const id of ids) await tell(id);
      await rest('after the edits');

      t.equal(struck, fates.length, `of ${seen} commands`);
      t.equal(fortnox.customers().length, CUSTOMERS, 'each was made once');
      t.strictSame(
        fortnox
          .customers()
          .map(({ Phone1, City }) => `${Phone1} ${City}`)
          .sort(),
        ids.map((id) => `08-${id} Lund`),
      );
      for (const id of ids)
        t.match(organisation(id), { OrganisationTelephone: `08-${id}`, OrganisationCity: 'Lund' }, 'both sides agree');
      t.strictSame([...fortnox.violations, ...webcrm.violations], []);
      t.equal((await store.tenants.get(tenantId))?.state, 'connected');
    },
  );
