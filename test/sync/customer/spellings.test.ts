import t from 'tap';
import { isSameNumber, numberSpellings, partOfNumber, vatSpellings } from '../../../src/sync/customer/spellings.ts';
import { organisationNumber, organisationNumberOfVat, vatNumber } from '../../../src/sync/normalise.ts';
import { recordsWhereAny } from '../../../src/vendors/webcrm/query.ts';
import { openWorld, type World } from '../../support/world.ts';

const NUMBER = '556000-1234';
/** The field that the tests name for the organisation number. */
const FIELD = 'OrganisationCustom2';
/** The longest query string that a usual web server takes. */
const LONGEST = 2_048;

t.test('R20 every spelling that is searched is the same number, and the part is in all of them', async (t) => {
  const numbers = numberSpellings(NUMBER);
  for (const written of ['556000-1234', '5560001234', '165560001234', '19556000-1234', '20556000-1234'])
    t.ok(numbers.includes(written), written);
  for (const written of ['SE556000123401', 'SE 556000-1234 01', 'SE556000-123401'])
    t.ok(vatSpellings(NUMBER).includes(written), written);
  for (const written of numbers) {
    t.equal(organisationNumber(written), NUMBER);
    t.ok(written.includes(partOfNumber(NUMBER)));
    t.ok(isSameNumber(NUMBER, written));
  }
  for (const written of vatSpellings(NUMBER)) t.equal(organisationNumberOfVat(vatNumber(written)), NUMBER);
  t.notOk(isSameNumber(NUMBER, '556000-1235'));
  t.notOk(isSameNumber(NUMBER, null));
});

t.test('R20 a number that is not Swedish has the one spelling it was typed in', async (t) => {
  t.strictSame(numberSpellings('DE 811907980'), ['DE 811907980']);
  t.strictSame(vatSpellings('DE 811907980'), []);
  t.equal(partOfNumber('DE 811907980'), 'DE 811907980');
  t.ok(isSameNumber('DE 811907980', 'de 811907980 '));
});

t.test('R20 the query of all spellings stays short enough for an address', async (t) => {
  const wanted = [
    { field: 'OrganisationCustom14', value: 'K'.repeat(50) },
    ...numberSpellings(NUMBER).map((value) => ({ field: 'OrganisationCustom15', value })),
    ...vatSpellings(NUMBER).map((value) => ({ field: 'OrganisationVatNumber', value })),
  ];
  const query = new URLSearchParams({ script: recordsWhereAny('Organisation', wanted), Page: '1', Size: '1000' });
  t.ok(query.toString().length < LONGEST, String(query.toString().length));
});

async function open(t: { teardown(fn: () => Promise<void>): void }): Promise<World> {
  const customFields = { customerNumber: 'OrganisationCustom1', organisationNumber: FIELD };
  const world = await openWorld({ settings: { customFields } });
  t.teardown(() => world.close());
  world.listen(false);
  return world;
}

t.test('R20 B1 an organisation is found however its number is written: no second one is made', async (t) => {
  const fields = [
    ...['5560001234', '16556000-1234', '165560001234', '556000 1234'].map((written) => ({ [FIELD]: written })),
    ...['SE556000123401', 'SE 556000-1234 01', 'se5560001234 01'].map((written) => ({
      OrganisationVatNumber: written,
    })),
  ];
  const world = await open(t);
  for (const [at, written] of fields.entries()) {
    // A number of its own for each, so that none is found by another's.
    const own = `5560${String(at).padStart(2, '0')}`;
    const spelled = Object.fromEntries(
      Object.entries(written).map(([field, value]) => [field, value.replace('556000', own)]),
    );
    const id = world.webcrm.person.createOrganisation({
      OrganisationName: `Lyktan ${at} Aktiebolag`,
      OrganisationType: 'Customer',
      ...spelled,
    });
    const number = world.fortnox.person.createCustomer({ Name: `Lyktan ${at}`, OrganisationNumber: `${own}-1234` });
    await world.hint('customer', 'fortnox', number);
    await world.quiet();
    const pair = await world.store.pairs.bySide(world.tenantId, 'customer', 'fortnox', number);
    t.match(pair, { webcrmId: String(id), state: 'linked' }, JSON.stringify(spelled));
  }
  t.equal(world.webcrm.organisations().length, fields.length);
  t.strictSame(world.violations(), []);
});

t.test('R20 B1 a customer is found however its number is written: no second one is made', async (t) => {
  const world = await open(t);
  const written = ['19800101-1234', '198001011234', '8001011234', '800101-1234'];
  for (const [at, number] of written.entries()) {
    const spelled = number.replace('0101', `010${at + 1}`);
    const customer = world.fortnox.person.createCustomer({
      Name: `Anna Ek ${at}`,
      Type: 'PRIVATE',
      OrganisationNumber: spelled,
    });
    const id = world.webcrm.person.createOrganisation({
      OrganisationName: `Anna Maria Ek ${at}`,
      OrganisationType: 'Private Customer',
      [FIELD]: `80010${at + 1}-1234`,
    });
    await world.hint('customer', 'webcrm', id);
    await world.quiet();
    const pair = await world.store.pairs.bySide(world.tenantId, 'customer', 'webcrm', String(id));
    t.match(pair, { fortnoxId: customer, state: 'linked' }, spelled);
  }
  t.equal(world.fortnox.customers().length, written.length);
  t.strictSame(world.violations(), []);
});

t.test('R20 a customer whose number only shares a part is another one', async (t) => {
  const world = await open(t);
  world.fortnox.person.createCustomer({ Name: 'Lampan', OrganisationNumber: '556000-9999' });
  const id = world.webcrm.person.createOrganisation({
    OrganisationName: 'Lyktan AB',
    OrganisationType: 'Customer',
    [FIELD]: NUMBER,
  });
  await world.hint('customer', 'webcrm', id);
  await world.quiet();
  t.equal(world.fortnox.customers().length, 2);
});
