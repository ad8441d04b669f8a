import t from 'tap';
import { customer, good, NOON, post, problemsOf } from './judge-scene.ts';

t.test(
  'the judge knows the trial of R3: what a person emptied is restored and put back at once, or it is lost',
  async (t) => {
    const phone = (at: number, value: string) => ({
      at,
      side: 'webcrm',
      method: 'PUT',
      id: '2',
      fields: { OrganisationTelephone: value },
    });
    const [organisation, partner] = good.edits;
    const emptied = {
      edits: [
        { ...organisation, typed: { ...organisation?.typed, OrganisationTelephone: '08-1' } },
        { ...partner, typed: { ...partner?.typed, Phone1: '08-1' } },
        { ...organisation, isNew: false, at: NOON + 60_000, fields: ['phone'], typed: { OrganisationTelephone: '' } },
      ],
    };
    const after = (...webcrm: unknown[]) =>
      problemsOf({ ...emptied, writes: { webcrm, fortnox: [] } }).filter((one) => one.includes('overwritten'));
    const restored = phone(NOON + 90_000, '08-1');
    t.match(after(restored), [/phone: "" was overwritten by "08-1" 30000 ms later/]);
    t.same(after(restored, phone(NOON + 90_900, '')), []);
    t.equal(after(restored, phone(NOON + 99_000, '')).length, 1, 'too late');
  },
);

t.test('R1 the judge takes what was typed and put back for no change, unless the service saw it', async (t) => {
  const [organisation, partner] = good.edits;
  const phone = (at: number, value: string) => ({
    ...partner,
    isNew: false,
    at: NOON + at,
    fields: ['phone'],
    typed: { Phone1: value },
  });
  const after = (backAt: number, sent: readonly unknown[] = []) =>
    problemsOf({
      edits: [
        { ...organisation, typed: { ...organisation?.typed, OrganisationTelephone: '08-1' } },
        { ...partner, typed: { ...partner?.typed, Phone1: '08-1' } },
        {
          ...organisation,
          isNew: false,
          at: NOON + 60_000,
          fields: ['phone'],
          typed: { OrganisationTelephone: '08-2' },
        },
        phone(70_000, '08-2'),
        phone(backAt, '08-1'),
      ],
      writes: {
        webcrm: sent,
        fortnox: [{ at: NOON + backAt + 50_000, side: 'fortnox', method: 'PUT', id: '1', fields: { Phone1: '08-2' } }],
      },
    }).filter((one) => one.includes('overwritten'));
  const lost = [/fortnox 1, phone: "08-1" was overwritten by "08-2" 50000 ms later/];
  t.same(after(75_000), [], 'both had typed it, and nobody compared');
  t.match(after(700_000), lost, 'they had been compared by then');
  const write = {
    at: NOON + 72_000,
    side: 'webcrm',
    method: 'PUT',
    id: '2',
    fields: { OrganisationTelephone: '08-2' },
  };
  t.match(after(75_000, [write]), lost, 'the service had carried it over');
});

t.test('the judge knows an organisation that was deleted with a typed number by the number that it had', async (t) => {
  const typedLater = { ...customer, isNew: false, side: 'webcrm', id: '5', writesBefore: 1 };
  const after = (across: string) =>
    problemsOf({
      customers: [...good.customers, { CustomerNumber: '8', Name: 'Lund AB', Type: 'COMPANY', Phone1: '08-2' }],
      edits: [
        ...good.edits,
        {
          ...customer,
          side: 'fortnox',
          id: '8',
          fields: ['name', 'kind', 'phone'],
          typed: { Name: 'Lund AB', Type: 'COMPANY', Phone1: '08-1' },
        },
        { ...typedLater, at: NOON + 200_000, fields: ['phone'], typed: { OrganisationTelephone: '08-2' } },
        { ...typedLater, at: NOON + 400_000, fields: ['customerNumber'], typed: { OrganisationCustom1: 'K1' } },
      ],
      writes: {
        webcrm: [
          {
            at: NOON + 20_000,
            side: 'webcrm',
            method: 'POST',
            id: '5',
            fields: {
              OrganisationName: 'Lund AB',
              OrganisationType: 'Customer',
              OrganisationTelephone: across,
              OrganisationCustom1: '8',
            },
          },
        ],
        fortnox: [{ at: NOON + 210_000, side: 'fortnox', method: 'PUT', id: '8', fields: { Phone1: '08-2' } }],
      },
      removals: [{ at: NOON + 405_000, side: 'webcrm', entity: 'customer', id: '5', number: 'K1' }],
    });
  t.same(after('08-1'), [], 'the value had reached it');
  t.match(after(''), [/fortnox 8, phone: "08-1" was overwritten by "08-2" 210000 ms later/], 'it had not');
});

t.test('R10 R24 only an import may make a customer of a Type that was taken away since it listed', async (t) => {
  const kind = { ...customer, isNew: false, side: 'webcrm', id: '2', fields: ['kind'] };
  const made = (after: { ms: number; method: string; imported: boolean }) =>
    problemsOf({
      imported: after.imported,
      edits: [
        ...good.edits,
        { ...kind, at: NOON + 1, typed: { OrganisationType: 'Prospect' } },
        { ...kind, at: NOON + 2_000_000, typed: { OrganisationType: 'Customer' } },
      ],
      documentWrites: [{ ...post, at: NOON + 2_000_001 }],
      writes: {
        webcrm: [],
        fortnox: [{ at: NOON + after.ms, side: 'fortnox', method: after.method, id: '1', fields: { Name: 'Ek AB' } }],
      },
    }).filter((problem) => problem.includes('of a Type'));
  t.same(made({ ms: 300_000, method: 'POST', imported: true }), []);
  const wrong = [/customer 1 was written while organisation 2 was of a Type/];
  t.match(made({ ms: 300_000, method: 'POST', imported: false }), wrong);
  t.match(made({ ms: 300_000, method: 'PUT', imported: true }), wrong, 'an update is none');
  t.match(made({ ms: 700_000, method: 'POST', imported: true }), wrong, 'the next poll had told');
});
