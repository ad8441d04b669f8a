import { join } from 'node:path';
import t from 'tap';
import { type Db, openDb } from '../../src/store/embedded/db.ts';
import { createInlineStore } from '../../src/store/embedded/embedded-store.ts';
import { openWorld } from './world.ts';

/** Pages of 4 KB beyond those that are used: some hundred hints fit before the disk is full. */
const ROOM = 40;
const MOST_HOOKS = 2_000;
/** What a hook that cannot be stored is answered, and what says so. */
const DISKS = {
  full: {
    break: (db: Db) => void db.all(`PRAGMA max_page_count = ${Number(db.get('PRAGMA page_count')?.page_count) + ROOM}`),
    mend: (db: Db) => void db.all('PRAGMA max_page_count = 1000000'),
    says: /disk of the store is full/,
  },
  'read only': {
    break: (db: Db) => db.exec('PRAGMA query_only = ON'),
    mend: (db: Db) => db.exec('PRAGMA query_only = OFF'),
    says: /may be read only/,
  },
} as const;

t.setTimeout(120_000);

for (const [name, disk] of Object.entries(DISKS))
  t.test(
    `B1 the embedded store's disk is ${name}: said, hooks are refused, what was acknowledged is worked, and it goes on`,
    async (t) => {
      const opened: Db[] = [];
      const store = createInlineStore(join(t.testdir(), 's', 'store.db'), {
        open(path) {
          const db = openDb(path);
          opened.push(db);
          return db;
        },
      });
      const world = await openWorld({ factor: 10, store });
      t.teardown(world.close);
      const { webcrm, fortnox, tenantId } = world;
      const [db] = opened as [Db];
      const ready = async () => {
        const answer = await fetch(`${world.url}/health/ready`);
        return [answer.status, await answer.json()];
      };
      const hook = async (id: number) => {
        const answer = await fetch(`${world.url}/webhooks/webcrm/${world.hookToken}/organisations/update`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(id),
        });
        const text = await answer.text();
        return { status: answer.status, code: text === '' ? null : (JSON.parse(text) as { code: string }).code };
      };
      t.same(await ready(), [200, { ok: true, dependencies: { store: 'up' }, hooks: 'accepted' }]);

      disk.break(db);
      // Records that nobody has: a job each, and a line for each that ran.
      const acknowledged: number[] = [];
      let refused: Awaited<ReturnType<typeof hook>> | null = null;
      for (let id = 100_000; refused === null && id < 100_000 + MOST_HOOKS; id += 1) {
        const answer = await hook(id);
        if (answer.status === 202) acknowledged.push(id);
        else refused = answer;
      }
      t.same(refused, { status: 503, code: 'store-failed' }, 'the sender is told to come again');
      t.ok(name === 'full' ? acknowledged.length > 0 : acknowledged.length === 0, `${acknowledged.length} were stored`);
      t.same(await ready(), [503, { ok: false, dependencies: { store: 'down' }, hooks: 'accepted' }]);
      await t.rejects(store.ping(), { code: 'store-failed', message: disk.says });
      t.equal((await fetch(`${world.url}/health/live`)).status, 200);
      const organisation = webcrm.person.createOrganisation({
        OrganisationName: 'Lyktan AB',
        OrganisationType: 'Customer',
      });
      const again = await hook(organisation);
      // A job that ended meanwhile may have left a page of a full disk to it: then it is stored, and as good as any.
      if (name === 'full' && again.status === 202) acknowledged.push(organisation);
      else {
        t.same(again, refused);
        t.equal(fortnox.customers().length, 0, 'nothing is made that could not be remembered');
      }

      disk.mend(db);
      t.same(
        await ready(),
        [200, { ok: true, dependencies: { store: 'up' }, hooks: 'accepted' }],
        'as soon as there is room',
      );
      t.equal((await hook(organisation)).status, 202, 'the vendor sends it again');
      const idle = async () => {
        const { waiting, running } = await store.jobs.counts(tenantId);
        return waiting + running === 0;
      };
      t.equal(
        await world.until(idle, { everyMs: 1_000, forMs: 300_000 }),
        true,
        'everything that was acknowledged was worked',
      );
      t.equal((await store.jobs.counts(tenantId)).dead, 0);
      t.strictSame(
        fortnox.customers().map(({ Name }) => Name),
        ['Lyktan AB'],
      );
      t.strictSame([...fortnox.violations, ...webcrm.violations], []);
    },
  );
