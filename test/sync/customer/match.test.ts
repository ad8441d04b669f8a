import t from 'tap';
import { type Candidate, match } from '../../../src/sync/customer/match.ts';

const own = { id: '7', name: 'Lyktan AB', number: null, organisationNumber: '556000-1234' };
const other = (change: Partial<Candidate>): Candidate => ({
  id: '12',
  name: 'Something else',
  number: '12',
  organisationNumber: null,
  taken: false,
  ...change,
});

t.test('R20 links by organisation number, and by customer number', async (t) => {
  t.strictSame(match(own, [other({ organisationNumber: '556000-1234' })]), {
    kind: 'link',
    id: '12',
    reason: 'linked-by-organisation-number',
  });
  t.strictSame(match({ ...own, number: '12' }, [other({})]), { kind: 'link', id: '12', reason: 'linked-by-number' });
});

t.test('R20 an identifier that contradicts is for a person', async (t) => {
  const found = match({ ...own, number: '12' }, [other({ organisationNumber: '559999-0000' })]);
  t.match(found, { kind: 'conflict', reason: 'match-contradicted' });
});

t.test('R20 an equal name alone only proposes', async (t) => {
  t.match(match(own, [other({ name: 'lyktan ab' })]), { kind: 'conflict', reason: 'match-proposed', ids: ['12'] });
  t.strictSame(match(own, [other({ name: 'Lyktan AB', organisationNumber: '559999-0000' })]), { kind: 'none' });
  t.strictSame(match(own, [other({ name: 'Lyktan AB', taken: true })]), { kind: 'none' });
});

t.test('R20 more than one candidate, or one that is linked already, is a conflict', async (t) => {
  const two = [
    other({ organisationNumber: '556000-1234' }),
    other({ id: '13', number: '13', organisationNumber: '556000-1234' }),
  ];
  t.match(match(own, two), { kind: 'conflict', reason: 'match-ambiguous', ids: ['12', '13'] });
  t.match(match({ ...own, number: '12' }, [other({ taken: true })]), {
    kind: 'conflict',
    reason: 'number-already-paired',
  });
});
