import type { Test } from 'tap';
import { SEEDED_CUSTOM_FIELDS } from '../../../src/sandbox/seed.ts';
import { SEEDED_DELIVERY_FIELDS } from '../../../src/sandbox/seed-documents.ts';
import { signIn } from '../browser.ts';
import type { Stage } from '../stage.ts';

const PICKS: readonly (readonly [label: string, field: string | undefined])[] = [
  ['Customer number', SEEDED_CUSTOM_FIELDS.customerNumber],
  ['Organisation number', SEEDED_CUSTOM_FIELDS.organisationNumber],
  ['E-mail', SEEDED_CUSTOM_FIELDS.email],
  ['Terms of payment', SEEDED_CUSTOM_FIELDS.termsOfPayment],
  ['Currency', SEEDED_CUSTOM_FIELDS.currency],
  ['Other address: street', SEEDED_CUSTOM_FIELDS.otherStreet],
  ['Other address: post code', SEEDED_CUSTOM_FIELDS.otherPostCode],
  ['Other address: city', SEEDED_CUSTOM_FIELDS.otherCity],
  ['Other address: country', SEEDED_CUSTOM_FIELDS.otherCountry],
  ['Number of the order or invoice', SEEDED_DELIVERY_FIELDS.number],
  ['Invoice number', SEEDED_DELIVERY_FIELDS.invoiceNumber],
  ['Invoice date', SEEDED_DELIVERY_FIELDS.invoiceDate],
  ['Invoice booked', SEEDED_DELIVERY_FIELDS.invoiceBooked],
];

/** From the sign-in to the end of the first import. */
export async function connecting(t: Test, stage: Stage): Promise<void> {
  const { page, press, sees, tour, urls, adminToken, ofTenant } = stage;

  await t.test('B8 sign-in: refused in plain words, accepted, and nothing of the token in the page', async (t) => {
    await page.goto(urls.service);
    await page.getByLabel('Admin token').fill('a-token-of-somebody-else-0123456789');
    await press('Sign in');
    t.match(await page.getByRole('alert').textContent(), /not a valid admin token/);
    await signIn(page, urls.service, adminToken);
    await sees(t, 'what to do first', page.getByText('No company is connected yet'));
    await stage.fits(t, 'nothing yet');
    t.equal(await page.evaluate('document.cookie'), '', 'no script can read the cookie');
    const [cookie] = await page.context().cookies();
    t.match(cookie, { httpOnly: true, sameSite: 'Strict' });
  });

  await t.test('B3, B7 the wizard, from nothing to the first import', async (t) => {
    await page.getByRole('link', { name: 'Connect a company' }).first().click();
    await page.getByLabel('Name of the company').fill('Demobolaget AB');
    await press('Begin');
    await page.getByLabel('Application token').fill('wrong');
    await press('Connect webCRM');
    await page.getByRole('alert').first().waitFor();
    await page.getByLabel('Application token').fill(tour.access.webcrmToken);
    await press('Connect webCRM');
    await sees(t, 'webCRM took the token', page.getByText('webCRM is connected'));
    tour.tenantId = /#\/t\/([^/]+)/.exec(page.url())?.[1] ?? '';
    await press('Go on');

    await press('Connect with Fortnox');
    await page.getByRole('button', { name: 'Decline' }).click();
    await sees(t, 'a refusal is told', page.getByText('Fortnox was not connected'));
    await press('Connect with Fortnox');
    await page.getByRole('button', { name: 'Approve' }).click();
    await sees(t, 'back from Fortnox, connected', page.getByText('Fortnox is connected'));
    await sees(t, 'and checked without being asked', page.getByText(/points? (is|are) in order/));
    await press('Go on');

    await page.getByRole('checkbox', { name: 'Prospect' }).waitFor();
    t.equal(await page.getByRole('checkbox', { name: 'Customer', exact: true }).isChecked(), true);
    t.equal(await page.getByRole('checkbox', { name: 'Prospect' }).isChecked(), false, "from webCRM's own list");
    await press('Go on');
    await page.getByText('An order', { exact: true }).click();
    await press('Go on');

    await page.getByLabel('Organisation number').waitFor();
    const suggestions = page.getByRole('button', { name: /^Use \d+ suggestions$/ });
    t.equal(await suggestions.count(), 2, 'of organisations and of deliveries');
    for (const left of [1, 0]) {
      await suggestions.first().click();
      await suggestions.nth(left).waitFor({ state: 'detached' });
    }
    for (const [label, field = ''] of PICKS) {
      const picker = page.getByLabel(label, { exact: true });
      if (label === 'Number of the order or invoice') await picker.selectOption(field);
      t.equal(await picker.inputValue(), field, `${label}, suggested by its label`);
    }
    t.equal(await page.getByLabel('Article number').inputValue(), '1', 'and what lines hold is shown');
    await press('Go on');

    await press('Show what would be done');
    await stage.comes(t, 'the dry run is ready', page.getByText('Ready: look and decide'));
    await sees(t, 'with what would be made', page.getByRole('button', { name: /Create in Fortnox/ }));
    const { state } = await tour.api.get<{ state: string }>(ofTenant(''));
    t.equal(state, 'new', 'and nothing is connected yet');
    await page.getByRole('button', { name: /Change/ }).click();
    await sees(t, 'a value that would be overwritten', page.locator('del'));
    await press('Go on');
    await press('Connect and start the import');
    await page.getByRole('heading', { name: /^Import:/ }).waitFor();
    await stage.comes(t, 'the import ends', page.locator('.import-progress').getByText('Done', { exact: true }));
    await tour.api.patch(ofTenant('/settings'), { documents: { quietSeconds: 0 } });
    await stage.scene.settled();
  });
}
