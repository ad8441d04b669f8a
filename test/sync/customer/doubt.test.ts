import t from 'tap';
import type { CustomerContext } from '../../../src/sync/customer/context.ts';
import { holdCustomer } from '../../../src/sync/customer/doubt.ts';

t.test(
  'R20 both records of a doubt at work at once: the customer comes back after the organisation, and asks nothing itself',
  async (t) => {
    const asked: (readonly string[])[] = [];
    const context = {
      tenant: { id: 't1' },
      job: { id: '12' },
      locks: {
        tryLock(keys: readonly string[]) {
          asked.push(keys);
          return null;
        },
      },
    } as unknown as CustomerContext;
    const outcome = await holdCustomer(context, { kind: 'conflict', ids: ['7'], reason: 'match-proposed' });
    t.match(outcome, { kind: 'later' });
    t.strictSame(asked, [['t1/customer:webcrm:7']]);
  },
);
