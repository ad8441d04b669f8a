import type { Test } from 'tap';
import type { Settings } from '../../../schemas/settings.ts';
import { showAll, signIn, speak } from '../browser.ts';
import type { Stage } from '../stage.ts';

/** What people look up and change, who may do it, and in which language. */
export async function asking(t: Test, stage: Stage): Promise<void> {
  const { page, place, sees, scene, tour, at, urls, adminToken, ofTenant } = stage;
  const search = page.getByLabel('Name, number or id');

  await t.test('B2 why is this organisation not in Fortnox? The rule that it fails, in words', async (t) => {
    const refused = tour.seeded.otherType[0];
    await place('/records');
    await search.fill(String(refused));
    await page.getByRole('link', { name: `Customer ${refused} · webCRM` }).click();
    await sees(t, 'the rule', page.locator('.rules li.bad', { hasText: "The organisation's Type is selected." }));
    t.match(
      await page.locator('.notice').first().textContent(),
      /not among the selected Types.*Choose a selected Type/,
    );
  });

  await t.test('B2 a record is found by a part of its name, by its number and by its id', async (t) => {
    const { organisationId, customerNumber } = scene.customerAt(8);
    const { OrganisationName: name } = await at.get<{ OrganisationName: string }>(
      `/control/webcrm/organisations/${organisationId}`,
    );
    await place('/records');
    for (const wanted of [name.slice(1, -2).toLowerCase(), customerNumber, String(organisationId)]) {
      await search.fill(wanted);
      await page.getByText(`Open ${wanted} directly as`).or(page.locator('caption')).first().waitFor();
      await sees(t, wanted, page.getByRole('link', { name, exact: true }));
    }
  });

  await t.test('R49 another document mode is asked about, with how many deliveries keep what they have', async (t) => {
    await place('/settings');
    await page.getByLabel('A delivery becomes').selectOption('invoice');
    const store = page.locator('button[type=submit]:not([disabled])');
    await store.click();
    await sees(t, 'the question', page.getByRole('heading', { name: 'Deliveries become invoices from now on?' }));
    await sees(t, 'the count', page.getByText(/deliveries have an order and \d+ an invoice: they keep it/));
    t.same(await stage.violations(), []);
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    t.equal(await page.evaluate('document.activeElement.textContent'), 'Store', 'back where it was asked');
    t.equal(await store.count(), 1, 'nothing was stored');
    const { settings } = await tour.api.get<{ settings: { documentMode: string } }>(ofTenant(''));
    t.equal(settings.documentMode, 'order');
    await page.getByRole('button', { name: 'Undo' }).click();
  });

  await t.test('B6 settings that somebody else changed meanwhile are shown, not overwritten', async (t) => {
    const stored = async () => (await tour.api.get<{ settings: Settings }>(ofTenant(''))).settings;
    const before = await stored();
    await place('/settings');
    const quiet = page.getByLabel('Wait before a document is made');
    await quiet.fill('7');
    await tour.api.patch(ofTenant('/settings'), { articles: { priceList: 'B' } });
    const theirs = { ...before, articles: { ...before.articles, priceList: 'B' } };
    const store = page.locator('button[type=submit]:not([disabled])');
    await store.click();
    await sees(t, 'why', page.locator('.notice', { hasText: 'changed the settings since you read them' }));
    t.same(await stage.violations(), []);
    t.same(await stored(), theirs, 'nothing was stored');
    t.equal(await page.getByLabel('Price list for the list price').inputValue(), 'B', 'theirs is shown');
    t.equal(await quiet.inputValue(), '7', 'what was typed is still there');
    await store.click();
    await sees(t, 'stored', page.getByText('Stored.'));
    t.same(await stored(), { ...theirs, documents: { ...theirs.documents, quietSeconds: 7 } }, 'both are kept');
    const { articles, documents } = before;
    await tour.api.patch(ofTenant('/settings'), { articles, documents: { quietSeconds: documents.quietSeconds } });
  });

  await t.test(
    'S2 B6 a company is removed by whoever types its name, and the overview is shown without it',
    async (t) => {
      const { tenant } = await tour.api.post<{ tenant: { id: string } }>('/api/tenants', { name: 'Brief AB' });
      await stage.go(`t/${tenant.id}/settings`);
      await page.getByRole('button', { name: 'Remove', exact: true }).click();
      const dialog = page.getByRole('dialog');
      const yes = dialog.getByRole('button', { name: 'Remove', exact: true });
      await dialog.getByLabel('Type the name: Brief AB').fill('Brief');
      t.equal(await yes.isDisabled(), true, 'another name');
      t.same(await stage.violations(), []);
      await dialog.getByLabel('Type the name: Brief AB').fill('Brief AB');
      await yes.click();
      await sees(t, 'the overview', page.getByRole('heading', { name: 'Tenants' }));
      t.equal(await page.getByText('Brief AB').count(), 0);
      const { items } = await tour.api.get<{ items: { name: string }[] }>('/api/tenants');
      t.notOk(items.some(({ name }) => name === 'Brief AB'));
    },
  );

  await t.test('B8 who may only read sees why nothing can be changed', async (t) => {
    const { secret } = await tour.api.post<{ secret: string }>('/api/tokens', {
      name: 'Reader',
      role: 'read',
      tenants: [tour.tenantId],
    });
    const signOut = () => page.getByRole('button', { name: 'Sign out' }).click();
    await stage.go('');
    await signOut();
    await page.getByLabel('Admin token').waitFor();
    await signIn(page, urls.service, secret);
    await page.getByText(/You are signed in with a token that may read/).waitFor();
    t.equal(await page.getByRole('link', { name: 'Connect a company' }).count(), 0);
    for (const [rest, name] of [
      ['', 'Pause'],
      ['/settings', 'Store'],
      [`/record/customer/webcrm/${scene.customerAt(0).organisationId}`, 'Synchronise now'],
    ] as const) {
      await place(rest);
      const button = page.getByRole('button', { name, exact: true }).first();
      await button.waitFor();
      t.equal(await button.isDisabled(), true, name);
    }
    await place();
    const written = page.getByRole('switch', { name: 'Customers to Fortnox' });
    await written.waitFor();
    t.equal(await written.isDisabled(), true);
    t.match(await written.getAttribute('title'), /Your token does not allow this/);
    await page.locator('.line').first().waitFor();
    t.same(await stage.violations(), []);
    await signOut();
    await page.getByLabel('Admin token').waitFor();
    await signIn(page, urls.service, adminToken);
  });

  await t.test('by keyboard the content is one step away', async (t) => {
    await place('/failed');
    await page.reload();
    await showAll(page);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    t.equal(await page.evaluate('document.activeElement.id'), 'main');
  });

  await t.test('on a narrow screen the tab that is open is in view', async (t) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await place('/settings');
    await page.locator('.tabs [aria-current]', { hasText: 'Settings' }).waitFor();
    const right = Number(
      await page.evaluate("document.querySelector('.tabs [aria-current]').getBoundingClientRect().right"),
    );
    t.ok(right <= 390, `it ends at ${right} px`);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  await t.test('three languages, kept; signed out, the page asks for the token again', async (t) => {
    await place();
    for (const [code, word] of [
      ['sv', 'Inställningar'],
      ['da', 'Indstillinger'],
    ] as const) {
      await speak(page, code);
      await sees(t, word, page.getByRole('link', { name: word }));
      t.equal(await page.evaluate('document.documentElement.lang'), code);
    }
    await page.reload();
    await sees(t, 'kept', page.getByRole('link', { name: 'Indstillinger' }));
    await speak(page, 'en');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await sees(t, 'signed out', page.getByLabel('Admin token'));
    await stage.fits(t, 'sign-in');
  });
}
