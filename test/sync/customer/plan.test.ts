import fc from 'fast-check';
import t from 'tap';
import type { PairBase, Side } from '../../../schemas/records.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../schemas/settings.ts';
import { customerMap } from '../../../src/sync/customer/map.ts';
import { plan } from '../../../src/sync/customer/plan.ts';
import { readSide } from '../../../src/sync/fields.ts';

const settings = (change: Partial<Settings> = {}): Settings => ({
  ...DEFAULT_SETTINGS,
  customFields: {
    customerNumber: 'OrganisationCustom1',
    organisationNumber: 'OrganisationCustom2',
    email: 'OrganisationCustom3',
    otherStreet: 'OrganisationCustom4',
    otherPostCode: 'OrganisationCustom5',
    otherCity: 'OrganisationCustom6',
    otherCountry: 'OrganisationCustom7',
    termsOfPayment: 'OrganisationCustom8',
    currency: 'OrganisationCustom9',
  },
  ...change,
});

const ORGANISATION = {
  OrganisationId: 7,
  OrganisationName: 'Bageri Lyktan AB',
  OrganisationType: 'Customer',
  OrganisationTelephone: '08-123 45',
  OrganisationWww: '',
  OrganisationAddress: 'Storgatan 1\r\nPort B',
  OrganisationPostCode: '111 22',
  OrganisationCity: 'Stockholm',
  OrganisationCountry: 'Sverige',
  OrganisationVatNumber: 'se 5560001234 01',
  OrganisationCustom1: '12',
};
const CUSTOMER = {
  CustomerNumber: '12',
  Name: 'Bageri Lyktan AB',
  Type: 'COMPANY',
  Phone1: '08-123 45',
  WWW: null,
  Address1: 'Storgatan 1',
  Address2: 'Port B',
  ZipCode: '111 22',
  City: 'Stockholm',
  CountryCode: 'SE',
  VATNumber: 'SE556000123401',
};

type Record = { [field: string]: unknown };
function planned(
  organisation: Record,
  customer: Record,
  options: { base?: PairBase | null; settings?: Settings; selected?: boolean; paused?: Side } = {},
) {
  const own = options.settings ?? settings();
  const map = customerMap(own);
  return plan({
    map,
    base: options.base === undefined ? baseOf(ORGANISATION, CUSTOMER, own) : options.base,
    webcrm: readSide(map, 'webcrm', organisation as typeof ORGANISATION),
    fortnox: readSide(map, 'fortnox', customer as typeof CUSTOMER),
    number: {
      webcrm: (organisation.OrganisationCustom1 as string) || null,
      fortnox: customer.CustomerNumber as string,
    },
    settings: own,
    selected: options.selected ?? true,
    paused: { webcrm: options.paused === 'webcrm', fortnox: options.paused === 'fortnox' },
  });
}
function baseOf(organisation: Record, customer: Record, own = settings()): PairBase {
  const map = customerMap(own);
  return {
    webcrm: readSide(map, 'webcrm', organisation as typeof ORGANISATION),
    fortnox: readSide(map, 'fortnox', customer as typeof CUSTOMER),
  };
}
const NOTHING = { webcrm: {}, fortnox: {} };

t.test('R1 an echo finds no difference and costs no write', async (t) => {
  t.strictSame(planned(ORGANISATION, CUSTOMER).writes, NOTHING);
  t.strictSame(planned(ORGANISATION, CUSTOMER).reasons, []);
});

t.test('S1 only what changed is sent, to the other side', async (t) => {
  t.strictSame(planned({ ...ORGANISATION, OrganisationCity: 'Solna' }, CUSTOMER).writes, {
    webcrm: {},
    fortnox: { City: 'Solna' },
  });
  t.strictSame(planned(ORGANISATION, { ...CUSTOMER, WWW: 'lyktan.se' }).writes, {
    webcrm: { OrganisationWww: 'lyktan.se' },
    fortnox: {},
  });
});

t.test('T12 an address of two lines arrives as two fields, and a cleared one clears both', async (t) => {
  const edited = planned({ ...ORGANISATION, OrganisationAddress: 'Nygatan 2\r\n2 tr\r\nPort C' }, CUSTOMER);
  t.strictSame(edited.writes.fortnox, { Address1: 'Nygatan 2', Address2: '2 tr, Port C' });
  const cleared = planned({ ...ORGANISATION, OrganisationAddress: '' }, CUSTOMER);
  t.strictSame(cleared.writes.fortnox, { Address1: '', Address2: '' });
});

t.test('R1 joined address lines are no phantom change afterwards', async (t) => {
  const long = { ...ORGANISATION, OrganisationAddress: 'A\r\nB\r\nC' };
  const first = planned(long, CUSTOMER);
  const answer = { ...CUSTOMER, Address1: 'A', Address2: 'B, C' };
  t.strictSame(planned(long, answer, { base: first.nextBase }).writes, NOTHING);
});

t.test('R70 both changed: the policy decides and the loser is logged', async (t) => {
  const both = [
    { ...ORGANISATION, OrganisationTelephone: '1' },
    { ...CUSTOMER, Phone1: '2' },
  ] as const;
  const fortnox = planned(...both);
  t.strictSame(fortnox.writes, { webcrm: { OrganisationTelephone: '2' }, fortnox: {} });
  t.strictSame(fortnox.lost, [{ side: 'webcrm', field: 'phone', before: '1', after: '2' }]);
  t.strictSame(fortnox.reasons, ['conflict-resolved']);
  t.strictSame(planned(...both, { settings: settings({ conflictPolicy: 'webcrm' }) }).writes.fortnox, { Phone1: '1' });
});

t.test('R21 first link: empty takes the other value, different ones follow the policy', async (t) => {
  const decision = planned(
    { ...ORGANISATION, OrganisationTelephone: '' },
    { ...CUSTOMER, City: 'Solna', ZipCode: '' },
    { base: null },
  );
  t.strictSame(decision.writes, {
    webcrm: { OrganisationTelephone: '08-123 45', OrganisationCity: 'Solna' },
    fortnox: { ZipCode: '111 22' },
  });
  t.strictSame(decision.reasons, ['first-link-overwrote']);
});

t.test(
  'R21 R72 what is emptied while the first link waits for a pause is an edit, and what it costs is told',
  async (t) => {
    for (const winner of ['webcrm', 'fortnox'] as const) {
      const own = settings({ conflictPolicy: winner });
      const cities = (values: { [side in Side]: string }) =>
        [
          { ...ORGANISATION, OrganisationCity: values.webcrm },
          { ...CUSTOMER, City: values.fortnox },
        ] as const;
      const city = { webcrm: 'OrganisationCity', fortnox: 'City' };
      const loser = winner === 'webcrm' ? 'fortnox' : 'webcrm';
      const held = planned(...cities({ webcrm: 'Solna', fortnox: 'Kiruna' }), {
        base: null,
        settings: own,
        paused: loser,
      });
      t.strictSame(held.writes, NOTHING);
      const typed = { webcrm: 'Solna', fortnox: 'Kiruna' };
      const after = (change: Partial<typeof typed>, options: { base: PairBase; paused?: Side }) =>
        planned(...cities({ ...typed, ...change }), { ...options, settings: own });

      const undisturbed = after({}, { base: held.nextBase });
      t.strictSame(undisturbed.writes[loser], { [city[loser]]: typed[winner] });
      t.strictSame(undisturbed.reasons, ['first-link-overwrote']);

      // Still paused when it is seen: it is not forgotten.
      const seen = after({ [winner]: '' }, { base: held.nextBase, paused: loser });
      t.strictSame(seen.writes, NOTHING);
      const emptied = after({ [winner]: '' }, { base: seen.nextBase });
      t.strictSame(emptied.writes, { ...NOTHING, [loser]: { [city[loser]]: '' } }, winner);
      t.strictSame(emptied.lost, [{ side: loser, field: 'invoiceCity', before: typed[loser], after: null }]);

      const filled = after({ [loser]: '' }, { base: held.nextBase });
      t.strictSame(filled.writes, { ...NOTHING, [loser]: { [city[loser]]: typed[winner] } });
      t.strictSame(filled.lost, [{ side: loser, field: 'invoiceCity', before: null, after: typed[winner] }]);

      t.strictSame(after({ webcrm: '', fortnox: '' }, { base: held.nextBase }).writes, NOTHING);
      const retyped = after({ [winner]: 'Lund' }, { base: held.nextBase });
      t.strictSame(retyped.writes, { ...NOTHING, [loser]: { [city[loser]]: 'Lund' } });
      t.strictSame(retyped.lost, [{ side: loser, field: 'invoiceCity', before: typed[loser], after: 'Lund' }]);

      // The settings may name another winner by then.
      const turned = planned(...cities({ ...typed, [winner]: '' }), {
        base: held.nextBase,
        settings: settings({ conflictPolicy: loser }),
      });
      t.strictSame(turned.writes, { ...NOTHING, [winner]: { [city[winner]]: typed[loser] } });
      t.strictSame(turned.lost, [{ side: winner, field: 'invoiceCity', before: null, after: typed[loser] }]);
    }
  },
);

t.test('R21 R72 a field that only one side had fills the other after a pause, without a word', async (t) => {
  const half = [ORGANISATION, { ...CUSTOMER, City: '' }] as const;
  const held = planned(...half, { base: null, paused: 'fortnox' });
  t.strictSame(held.writes, NOTHING);
  const filled = planned(...half, { base: held.nextBase });
  t.strictSame(filled.writes, { webcrm: {}, fortnox: { City: 'Stockholm' } });
  t.strictSame([filled.lost, filled.reasons], [[], []]);
  const emptied = planned({ ...ORGANISATION, OrganisationCity: '' }, half[1], { base: held.nextBase });
  t.strictSame([emptied.writes, emptied.lost], [NOTHING, []]);
});

t.test(
  'R11 an excluded pair writes nothing to Fortnox, still takes its values, and keeps the old base (R72)',
  async (t) => {
    const prospect = { ...ORGANISATION, OrganisationType: 'Prospect', OrganisationCity: 'Solna' };
    const excluded = planned(prospect, { ...CUSTOMER, Phone1: '2' }, { selected: false });
    t.strictSame(excluded.writes, { webcrm: { OrganisationTelephone: '2' }, fortnox: {} });
    t.equal(excluded.state, 'excluded');
    const again = planned(
      { ...prospect, OrganisationType: 'Customer', OrganisationTelephone: '2' },
      { ...CUSTOMER, Phone1: '2' },
      { base: excluded.nextBase },
    );
    t.strictSame(again.writes, { webcrm: {}, fortnox: { City: 'Solna' } });
    const still = settings({ excludedKeepFlowing: false });
    t.strictSame(planned(prospect, { ...CUSTOMER, Phone1: '2' }, { selected: false, settings: still }).writes, NOTHING);
  },
);

t.test('R14 the kind moves the Type only to the default Type of the other kind', async (t) => {
  t.strictSame(planned(ORGANISATION, { ...CUSTOMER, Type: 'PRIVATE' }).writes.webcrm, {
    OrganisationType: 'Private Customer',
  });
  t.strictSame(planned({ ...ORGANISATION, OrganisationType: 'Private Customer' }, CUSTOMER).writes.fortnox, {
    Type: 'PRIVATE',
  });
  const none = settings({ defaultType: { company: 'Customer', private: null } });
  const kept = planned(ORGANISATION, { ...CUSTOMER, Type: 'PRIVATE' }, { settings: none });
  t.strictSame(kept.writes, NOTHING);
  t.strictSame(kept.reasons, ['no-default-type']);
});

t.test('R30 a number changed by hand is put back and logged', async (t) => {
  const edited = planned({ ...ORGANISATION, OrganisationCustom1: '99' }, CUSTOMER);
  t.strictSame(edited.writes.webcrm, { OrganisationCustom1: '12' });
  t.strictSame(edited.lost, [{ field: 'customerNumber', before: '99', after: '12', side: 'webcrm' }]);
  t.strictSame(edited.reasons, ['number-put-back']);
  const own = settings({ numberOwner: 'webcrm' });
  t.strictSame(planned({ ...ORGANISATION, OrganisationCustom1: '99' }, CUSTOMER, { settings: own }).reasons, [
    'number-cannot-change',
  ]);
});

t.test('C4 countries by name in six languages; an unknown one is left alone', async (t) => {
  for (const name of ['Tyskland', 'Germany', 'Deutschland', 'Saksa', 'DE']) {
    t.strictSame(
      planned({ ...ORGANISATION, OrganisationCountry: name }, CUSTOMER).writes.fortnox,
      { CountryCode: 'DE' },
      name,
    );
  }
  const unknown = planned({ ...ORGANISATION, OrganisationCountry: 'Sverje' }, CUSTOMER);
  t.strictSame(unknown.writes, NOTHING);
  t.strictSame(unknown.reasons, ['country-unknown']);
  t.strictSame(planned(ORGANISATION, { ...CUSTOMER, CountryCode: 'NO' }).writes.webcrm, {
    OrganisationCountry: 'Norge',
  });
});

t.test('a value that Fortnox never leaves empty is put back', async (t) => {
  const cleared = planned({ ...ORGANISATION, OrganisationName: '' }, CUSTOMER);
  t.strictSame(cleared.writes, { webcrm: { OrganisationName: 'Bageri Lyktan AB' }, fortnox: {} });
  t.strictSame(cleared.reasons, ['cannot-be-empty']);
});

t.test('R76 a value too long is cut on the other side only, said once, and makes no echo', async (t) => {
  const long = { ...CUSTOMER, WWW: 'w'.repeat(80) };
  const first = planned(ORGANISATION, long);
  t.strictSame(first.writes.webcrm, { OrganisationWww: 'w'.repeat(50) });
  t.strictSame(first.reasons, ['value-cut']);
  t.strictSame(
    planned({ ...ORGANISATION, OrganisationWww: 'w'.repeat(50) }, long, { base: first.nextBase }).writes,
    NOTHING,
  );
});

t.test('B1 after what was decided is written, a second plan writes nothing (property)', async (t) => {
  const value = fc.constantFrom('', 'A', 'Bb', 'å'.repeat(60), 'x\r\ny\r\nz', '  padded ', '-- vælg --');
  const organisation = fc.record({
    OrganisationId: fc.constant(7),
    OrganisationName: value,
    OrganisationType: fc.constantFrom('Customer', 'Private Customer', 'Prospect'),
    OrganisationTelephone: value,
    OrganisationWww: value,
    OrganisationAddress: value,
    OrganisationPostCode: value,
    OrganisationCity: value,
    OrganisationCountry: fc.constantFrom('', 'Sverige', 'Norway', 'Sverje'),
    OrganisationVatNumber: fc.constantFrom('', 'SE556000123401', 'dk 123'),
    OrganisationCustom1: fc.constantFrom('', '12', '99'),
    OrganisationCustom4: value,
    OrganisationCustom8: fc.constantFrom('', '30', '10'),
    OrganisationCustom9: fc.constantFrom('', 'SEK', 'kronor'),
  });
  const customer = fc.record({
    CustomerNumber: fc.constant('12'),
    Name: fc.constantFrom('A', 'Bb', 'N'.repeat(230)),
    Type: fc.constantFrom('COMPANY', 'PRIVATE'),
    Phone1: value,
    WWW: value,
    Address1: value.map((text) => text.replace(/\r\n/g, ' ')),
    Address2: value.map((text) => text.replace(/\r\n/g, ' ')),
    ZipCode: fc.constantFrom('', '111 22'),
    City: value,
    CountryCode: fc.constantFrom('', 'SE', 'NO'),
    VATNumber: fc.constantFrom('', 'SE556000123401'),
    VisitingAddress: value,
    TermsOfPayment: fc.constantFrom('30', '10'),
    Currency: fc.constantFrom('SEK', 'EUR'),
  });
  const policy = fc.constantFrom<'webcrm' | 'fortnox'>('webcrm', 'fortnox');
  const result = fc.check(
    fc.property(
      organisation,
      customer,
      organisation,
      customer,
      policy,
      fc.boolean(),
      (oldO, oldC, newO, newC, conflictPolicy, linked) => {
        const own = settings({ conflictPolicy });
        const selected = newO.OrganisationType !== 'Prospect';
        const base = linked ? baseOf(oldO, oldC, own) : null;
        const first = planned(newO, newC, { base, settings: own, selected });
        const writtenO = { ...newO, ...first.writes.webcrm };
        const writtenC = { ...newC, ...first.writes.fortnox };
        const second = planned(writtenO, writtenC, { base: first.nextBase, settings: own, selected });
        const quiet = Object.keys({ ...second.writes.webcrm, ...second.writes.fortnox }).length === 0;
        const nothingToFortnox = selected || Object.keys(first.writes.fortnox).length === 0;
        return quiet && nothingToFortnox;
      },
    ),
    { numRuns: 3000 },
  );
  t.notOk(result.failed, `seed ${result.seed}: ${fc.defaultReportMessage(result) ?? 'held'}`);
});
