import type { Alert, AlertTarget } from '../../schemas/alerts.ts';
import { PRIORITY } from '../../schemas/records.ts';
import type { Store } from '../../src/store/port.ts';
import type { Tap } from './contract.ts';
import { alertOf, HOSTILE, readAll, targetOf, using } from './fixtures.ts';

const names = (alerts: readonly Alert[]) => alerts.map(({ tenant, kind }) => `${tenant} ${kind}`);

export async function alertsContract(tap: Tap, open: () => Promise<Store>): Promise<void> {
  await tap.test('B7 an alert is stored by its version: of two who raise it, one does', (t) =>
    using(open, async (store) => {
      t.equal(await store.alerts.get('t1', 'hold'), null);
      const raised = alertOf('t1', 'hold', { message: '\0å\ud800' });
      const tries = await Promise.allSettled(Array.from({ length: 5 }, () => store.alerts.put(raised)));
      t.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
      for (const one of tries) if (one.status === 'rejected') t.match(one.reason, { code: 'version-changed' });
      const stored = await store.alerts.get('t1', 'hold');
      t.strictSame(stored, { ...raised, version: 1 });
      const recovered = { ...(stored as Alert), state: 'recovered' as const, recoveredAt: 5 };
      t.strictSame(await store.alerts.put(recovered), { ...recovered, version: 2 });
      await t.rejects(store.alerts.put(recovered), { code: 'version-changed' });
      t.strictSame(await store.alerts.get('t1', 'hold'), { ...recovered, version: 2 });
      for (const tenant of HOSTILE) await store.alerts.put(alertOf(tenant, 'conflict'));
      for (const tenant of HOSTILE) t.equal((await store.alerts.get(tenant, 'conflict'))?.tenant, tenant);
    }),
  );

  await tap.test('B7 alerts are listed newest first, of a state, of a tenant', (t) =>
    using(open, async (store) => {
      await store.alerts.put(alertOf('t1', 'hold', { raisedAt: 3 }));
      await store.alerts.put(alertOf('t1', 'conflict', { raisedAt: 5, state: 'recovered' }));
      await store.alerts.put(alertOf('t2', 'hold', { raisedAt: 3 }));
      await store.alerts.put(alertOf('t2', 'jobs-dead', { raisedAt: 9 }));
      const all = ['t2 jobs-dead', 't1 conflict', 't2 hold', 't1 hold'];
      t.strictSame(names(await readAll((page) => store.alerts.list(page), 1)), all);
      const raised = await readAll((page) => store.alerts.list({ ...page, state: 'raised' }), 2);
      t.strictSame(names(raised), ['t2 jobs-dead', 't2 hold', 't1 hold']);
      const first = await readAll((page) => store.alerts.list({ ...page, tenant: 't1' }), 1);
      t.strictSame(names(first), ['t1 conflict', 't1 hold']);
      const both = await store.alerts.list({ limit: 9, tenant: 't1', state: 'raised' });
      t.strictSame(names(both.items), ['t1 hold']);
    }),
  );

  await tap.test('B7 alerts with a message to send are found by its time; only the first of each target counts', (t) =>
    using(open, async (store) => {
      const send = (id: string, target: string, nextAt: number) => ({
        ...{ id, target, nextAt, attempts: 0 },
        event: 'alert.raised' as const,
        body: '{}',
      });
      const later = await store.alerts.put(alertOf('t1', 'hold', { sends: [send('a', 'x', 50), send('b', 'x', 10)] }));
      await store.alerts.put(alertOf('t2', 'hold', { sends: [send('a', 'x', 50), send('c', 'y', 20)] }));
      await store.alerts.put(alertOf('t3', 'hold'));
      t.strictSame(names(await store.alerts.due(19, 9)), []);
      t.strictSame(names(await store.alerts.due(20, 9)), ['t2 hold']);
      t.strictSame(names(await store.alerts.due(50, 9)), ['t2 hold', 't1 hold']);
      t.strictSame(names(await store.alerts.due(50, 1)), ['t2 hold']);
      await store.alerts.put({ ...later, sends: [] });
      t.strictSame(names(await store.alerts.due(99, 9)), ['t2 hold']);
    }),
  );

  await tap.test('B7 targets are made, changed by their version, listed in their order and deleted', (t) =>
    using(open, async (store) => {
      t.equal(await store.alertTargets.get('a'), null);
      const made: AlertTarget = await store.alertTargets.put(targetOf('b', { createdAt: 1 }));
      await store.alertTargets.put(targetOf('a', { createdAt: 2 }));
      await store.alertTargets.put(targetOf('c', { createdAt: 1 }));
      await t.rejects(store.alertTargets.put(targetOf('a')), { code: 'version-changed' });
      const changed = await store.alertTargets.put({ ...made, name: 'other' });
      t.strictSame(changed, { ...made, name: 'other', version: 2 });
      await t.rejects(store.alertTargets.put(made), { code: 'version-changed' });
      const all = await readAll((page) => store.alertTargets.list(page), 1);
      t.strictSame(
        all.map(({ id }) => id),
        ['b', 'c', 'a'],
      );
      t.equal(await store.alertTargets.delete('b'), true);
      t.equal(await store.alertTargets.delete('b'), false);
      t.equal(await store.alertTargets.get('b'), null);
      await t.rejects(store.alertTargets.put(changed), { code: 'version-changed' }, 'a deleted one does not come back');
    }),
  );

  await tap.test('B5 the depth of the queue, by state and priority, of one tenant and of all', (t) =>
    using(open, async (store) => {
      t.strictSame(await store.jobs.depth(null), []);
      const hint = (tenant: string, id: string, priority: 0 | 1 | 2) =>
        ({ ...{ tenant, id, priority }, entity: 'customer', side: 'webcrm' }) as const;
      await store.jobs.enqueue([hint('t1', '1', PRIORITY.notification), hint('t1', '2', PRIORITY.import)], 10);
      await store.jobs.enqueue([hint('t1', '3', PRIORITY.notification), hint('t2', '1', PRIORITY.poll)], 20);
      await store.jobs.claim('t1', 'me', 30, 1000, 1);
      const sorted = async (tenant: string | null) =>
        [...(await store.jobs.depth(tenant))].sort((a, b) => a.priority - b.priority || a.state.localeCompare(b.state));
      t.match(await sorted('t1'), [
        { state: 'running', priority: 0, count: 1 },
        { state: 'waiting', priority: 0, count: 1, oldestRunAt: 20 },
        { state: 'waiting', priority: 2, count: 1, oldestRunAt: 10 },
      ]);
      t.match(await sorted(null), [{}, {}, { state: 'waiting', priority: 1, count: 1, oldestRunAt: 20 }, {}]);
      t.strictSame(await store.jobs.depth(null, ['t1', 'nobody']), [
        { state: 'waiting', priority: 1, count: 1, oldestRunAt: 20 },
      ]);
      t.strictSame(await store.jobs.depth(null, ['t1', 't2']), []);
    }),
  );
}
