import t from 'tap';
import { fuzz } from './run.ts';

t.setTimeout(120_000);

t.test(
  'B8 hostile values at every operation: no failure of ours, no secret told, nothing written without right',
  async (t) => {
    const seed = Number(process.env.FUZZ_SEED ?? 1);
    const { operations, requests, byStatus, failures } = await fuzz({
      seed,
      perOperation: Number(process.env.FUZZ_COUNT ?? 4),
    });
    t.comment(`seed ${seed}: ${requests} requests at ${operations} operations; ${JSON.stringify(byStatus)}`);
    for (const failure of failures.slice(0, 20)) t.fail(failure.what, failure);
    t.equal(failures.length, 0);
    t.ok(operations > 50);
    for (const status of ['200', '201', '400', '401', '403', '404'])
      t.ok((byStatus[status] ?? 0) > 0, `some answers are ${status}`);
  },
);
