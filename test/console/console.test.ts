import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import t from 'tap';
import { SEEDED_CUSTOM_FIELDS } from '../../src/sandbox/seed.ts';
import { SEEDED_DELIVERY_FIELDS } from '../../src/sandbox/seed-documents.ts';
import { openBrowser, openPage, showAll, signIn } from './browser.ts';
import { screensOf } from './screens.ts';
import { openWorld } from './world.ts';

t.setTimeout(300_000);

/** An import at the vendors' limits, on a machine with other work. */
const SLOW_MS = 60_000;

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

async function violations(page: Page, rules: readonly string[] = []): Promise<string[]> {
  await page.evaluate(AXE);
  const options = rules.length === 0 ? '' : `document, { runOnly: ${JSON.stringify(rules)} }`;
  // The script above brings it into the page.
  const found = (await page.evaluate(`axe.run(${options}).then((result) => result.violations)`)) as Violation[];
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

const opened = await openBrowser();
t.test('the console in a browser', { skip: 'missing' in opened ? opened.missing : false }, async (t) => {
  if ('missing' in opened) return;
  const { browser } = opened;
  const world = await openWorld();
  const { tour, urls, adminToken, at } = world;
  const { page, errors } = await openPage(browser);
  t.teardown(async () => {
    await browser.close();
    await world.close();
  });
  let id = '';
  const place = async (hash: string) => {
    await page.goto(`${urls.service}/#/${hash}`);
  };
  const go = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const sees = async (what: string, locator: ReturnType<Page['locator']>) => {
    await locator.first().waitFor({ timeout: SLOW_MS });
    t.ok(true, what);
  };

  await t.test('B8 sign-in: refused in plain words, accepted, and nothing of the token in the page', async (t) => {
    await page.goto(urls.service);
    await page.getByLabel('Admin token').fill('a-token-of-somebody-else-0123456789');
    await go('Sign in');
    t.match(await page.getByRole('alert').textContent(), /not a valid admin token/);
    await signIn(page, urls.service, adminToken);
    await sees('what to do first', page.getByText('No company is connected yet'));
    t.equal(await page.evaluate('document.cookie'), '', 'no script can read the cookie');
    const [cookie] = await page.context().cookies();
    t.match(cookie, { httpOnly: true, sameSite: 'Strict' });
  });

  await t.test('B3, B7 the wizard, from nothing to the first import', async (t) => {
    await page.getByRole('link', { name: 'Connect a company' }).first().click();
    await page.getByLabel('Name of the company').fill('Demobolaget AB');
    await go('Begin');
    await page.getByLabel('Application token').fill('wrong');
    await go('Connect webCRM');
    await page.getByRole('alert').first().waitFor();
    await page.getByLabel('Application token').fill(tour.access.webcrmToken);
    await go('Connect webCRM');
    await sees('webCRM took the token', page.getByText('webCRM is connected'));
    id = /#\/t\/([^/]+)/.exec(page.url())?.[1] ?? '';
    tour.tenantId = id;
    await go('Go on');

    await go('Connect with Fortnox');
    await page.getByRole('button', { name: 'Decline' }).click();
    await sees('a refusal is told', page.getByText('Fortnox was not connected'));
    await go('Connect with Fortnox');
    await page.getByRole('button', { name: 'Approve' }).click();
    await sees('back from Fortnox, connected', page.getByText('Fortnox is connected'));
    await go('Go on');

    await page.getByRole('checkbox', { name: 'Prospect' }).waitFor();
    t.equal(await page.getByRole('checkbox', { name: 'Customer', exact: true }).isChecked(), true);
    t.equal(await page.getByRole('checkbox', { name: 'Prospect' }).isChecked(), false, "from webCRM's own list");
    await go('Go on');
    await page.getByText('An order', { exact: true }).click();
    await go('Go on');

    await page.getByLabel('Organisation number').waitFor();
    const picks: [string, string][] = [
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
    for (const [label, field] of picks) await page.getByLabel(label, { exact: true }).selectOption(field);
    await go('Go on');

    await go('Show what would be done');
    await sees('the dry run is ready', page.getByText('Ready: look and decide'));
    await sees('with what would be made', page.getByRole('button', { name: /Create in Fortnox/ }));
    t.equal((await tour.api.get<{ state: string }>(`/api/tenants/${id}`)).state, 'new', 'and nothing is connected yet');
    await page.getByRole('button', { name: /Change/ }).click();
    await sees('a value that would be overwritten', page.locator('del'));
    await go('Go on');
    await go('Connect and start the import');
    await page.getByRole('heading', { name: /^Import:/ }).waitFor();
    await sees('the import ends', page.locator('.import-progress').getByText('Done', { exact: true }));
  });

  await tour.api.patch(`/api/tenants/${id}/settings`, { documents: { quietSeconds: 0 } });
  const [first, second] = tour.seeded.matched;
  const [refused] = tour.seeded.otherType;
  const [deliveryId] = tour.seeded.deliveries;
  if (!first || !second || !refused || !deliveryId) throw new Error('the seed is too small');

  await t.test('B5 live activity appears while one looks', async () => {
    await place(`t/${id}`);
    await page.locator('.line').first().waitFor();
    const edit = { OrganisationTelephone: '08-777 77 77' };
    await at.patch(`/control/webcrm/organisations/${first.organisationId}`, edit);
    await sees('the new line', page.locator('.line.fresh', { hasText: 'Updated in Fortnox' }));
  });

  await t.test(
    'B5 live activity comes by one stream, and by asking again where that does not come through',
    async (t) => {
      const asked: string[] = [];
      const count = (what: RegExp) => asked.filter((url) => what.test(url)).length;
      page.on('request', (request) => asked.push(request.url()));
      const edit = (phone: string) =>
        at.patch(`/control/webcrm/organisations/${first.organisationId}`, { OrganisationTelephone: phone });
      await page.reload();
      await page.locator('.line').first().waitFor();
      await page.waitForTimeout(5_000);
      t.equal(count(/\/activity\/stream$/), 1);
      t.ok(count(/\/activity\?limit/) <= 2, 'the list is not asked for again and again');
      await edit('08-777 77 78');
      await sees('the new line', page.locator('.line.fresh', { hasText: 'Updated in Fortnox' }));

      await page.route('**/activity/stream', (route) => route.fulfill({ status: 503, body: '' }));
      await page.reload();
      await page.locator('.line').first().waitFor();
      await edit('08-777 77 79');
      await sees('the new line all the same', page.locator('.line.fresh', { hasText: 'Updated in Fortnox' }));
      t.ok(count(/\/activity\?limit/) >= 3);
      await page.unroute('**/activity/stream');
    },
  );

  await t.test('B4 a record that failed is listed with its reason and tried again', async () => {
    const message = 'Telefonnumret kan inte sparas';
    await at.post('/control/fortnox/fail', {
      method: 'PUT',
      path: '/3/customers/{id}',
      status: 400,
      body: JSON.stringify({ ErrorInformation: { error: 1, message, code: 2000106 } }),
      // The poll comes every twenty seconds here and brings the failed record again: once would be over before it is seen.
      times: 4,
    });
    await at.patch(`/control/webcrm/organisations/${second.organisationId}`, { OrganisationTelephone: '08-888 88 88' });
    await place(`t/${id}/failed`);
    await sees('the reason', page.getByText(message));
    const again = page.getByRole('button', { name: /^Try all again/ });
    await until(async () => {
      // It may just have succeeded, and the button be gone.
      if (await again.isVisible()) await again.click({ timeout: 2_000 }).catch(() => undefined);
      await page.waitForTimeout(1_000);
      const { items } = await tour.api.get<{ items: unknown[] }>(`/api/tenants/${id}/jobs`);
      return items.length === 0 ? true : undefined;
    });
    await sees('nothing is left', page.getByText('Nothing has failed'));
  });

  await t.test('B6 two records that may be one are decided by a person', async (t) => {
    await place(`t/${id}`);
    await go('Pause');
    await sees('paused', page.getByText('Paused by hand'));
    await at.post('/control/fortnox/customers', { Name: 'Tvillingen AB', Type: 'COMPANY' });
    await at.post('/control/webcrm/organisations', { OrganisationName: 'Tvillingen AB', OrganisationType: 'Customer' });
    await go('Go on');
    await place(`t/${id}/person`);
    await page
      .getByRole('button', { name: /^It is / })
      .first()
      .click();
    await sees('nothing is left to decide', page.getByText('Nothing waits for a decision'));
    // A pair bears its name when its first job has run.
    const pairs = await until(async () => {
      const path = `/api/tenants/${id}/search?q=tvilling`;
      const found = (await tour.api.get<{ pairs: { name: string; state: string }[] }>(path)).pairs;
      return found.some(({ state }) => state === 'linked') ? found : undefined;
    });
    t.match(pairs, [{ name: 'Tvillingen AB', state: 'linked' }]);
    t.equal(pairs.length, 1);
  });

  await t.test('R72 a direction is switched off and on again, and what waits is told', async (t) => {
    await place(`t/${id}`);
    const written = page.getByRole('switch', { name: 'Customers to Fortnox' });
    await written.click();
    await sees('partly paused', page.getByText('A part is paused by hand'));
    t.equal(await written.getAttribute('aria-checked'), 'false');
    await at.patch(`/control/webcrm/organisations/${first.organisationId}`, { OrganisationTelephone: '08-999 99 99' });
    await sees('what waits', page.getByText('1 record waits.'));
    await written.click();
    await sees('the new line', page.locator('.line', { hasText: 'Updated in Fortnox' }).first());
    await page.getByText('A part is paused by hand').waitFor({ state: 'detached' });
  });

  await t.test('B2 why is this organisation not in Fortnox? The rule that it fails, in words', async (t) => {
    await place(`t/${id}/records`);
    await page.getByLabel('Name, number or id').fill(String(refused));
    await page.getByRole('link', { name: `Customer ${refused} · webCRM` }).click();
    await sees('the rule', page.locator('.rules li.bad', { hasText: "The organisation's Type is selected." }));
    t.match(
      await page.locator('.notice').first().textContent(),
      /not among the selected Types.*Choose a selected Type/,
    );
  });

  await t.test('D3 a booked invoice: its page says that it takes no changes, and why', async () => {
    await at.patch(`/control/webcrm/deliveries/${deliveryId}`, { DeliveryStatus: 'Planned' });
    const order = await until(async () => (await at.get<{ DocumentNumber: string }[]>('/control/fortnox/orders'))[0]);
    await at.post(`/control/fortnox/orders/${order.DocumentNumber}/invoice`, {});
    const invoice = await until(
      async () => (await at.get<{ DocumentNumber: string }[]>('/control/fortnox/invoices'))[0],
    );
    await at.post(`/control/fortnox/invoices/${invoice.DocumentNumber}/book`, {});
    await place(`t/${id}/record/delivery/webcrm/${deliveryId}`);
    await sees('frozen', page.getByText('Takes no changes'));
    await sees('both sides side by side', page.getByRole('columnheader', { name: /Fortnox/ }));
    await sees('its rows', page.getByRole('heading', { name: 'Rows' }));
    await go('Synchronise now');
    await sees('synchronised', page.getByText(/^Synchronised\./));
  });

  const screens = screensOf(id, { booked: String(deliveryId), refused: String(refused) });
  await t.test('every screen: axe-core finds nothing, light and dark; 390 px hold it', async (t) => {
    for (const [name, hash] of Object.entries(screens)) {
      await place(hash);
      await showAll(page);
      t.same(await violations(page), [], `${name}, light`);
      await page.emulateMedia({ colorScheme: 'dark' });
      // Nothing but the colours differs.
      t.same(await violations(page, ['color-contrast', 'link-in-text-block']), [], `${name}, dark`);
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize({ width: 390, height: 844 });
      const wide = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
      t.ok(wide <= 0, `${name}: ${wide} px too wide`);
      await page.setViewportSize({ width: 1280, height: 900 });
    }
  });

  await t.test('R49 another document mode is asked about, with how many deliveries keep what they have', async (t) => {
    await place(`t/${id}/settings`);
    await page.getByLabel('A delivery becomes').selectOption('invoice');
    const store = page.locator('button[type=submit]:not([disabled])');
    await store.click();
    await sees('the question', page.getByRole('heading', { name: 'Deliveries become invoices from now on?' }));
    await sees('the count', page.getByText(/deliveries have an order and \d+ an invoice: they keep it/));
    t.same(await violations(page), []);
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    t.equal(await store.count(), 1, 'nothing was stored');
    const { settings } = await tour.api.get<{ settings: { documentMode: string } }>(`/api/tenants/${id}`);
    t.equal(settings.documentMode, 'order');
  });

  await t.test('B8 who may only read sees why nothing can be changed', async (t) => {
    const { secret } = await tour.api.post<{ secret: string }>('/api/tokens', {
      name: 'Reader',
      role: 'read',
      tenants: [id],
    });
    const signOut = () => page.getByRole('button', { name: 'Sign out' }).click();
    await place('');
    await signOut();
    await page.getByLabel('Admin token').waitFor();
    await signIn(page, urls.service, secret);
    await page.getByText(/You are signed in with a token that may read/).waitFor();
    t.equal(await page.getByRole('link', { name: 'Connect a company' }).count(), 0);
    for (const [hash, name] of [
      [`t/${id}`, 'Pause'],
      [`t/${id}/settings`, 'Store'],
      [`t/${id}/record/customer/webcrm/${first.organisationId}`, 'Synchronise now'],
    ] as const) {
      await page.goto(`${urls.service}/#/${hash}`);
      const button = page.getByRole('button', { name, exact: true }).first();
      await button.waitFor();
      t.equal(await button.isDisabled(), true, name);
    }
    await page.goto(`${urls.service}/#/t/${id}`);
    const written = page.getByRole('switch', { name: 'Customers to Fortnox' });
    await written.waitFor();
    t.equal(await written.isDisabled(), true);
    t.match(await written.getAttribute('title'), /Your token does not allow this/);
    await page.locator('.line').first().waitFor();
    t.same(await violations(page), []);
    await signOut();
    await page.getByLabel('Admin token').waitFor();
    await signIn(page, urls.service, adminToken);
  });

  await t.test('by keyboard the content is one step away', async (t) => {
    await place(`t/${id}/failed`);
    await page.reload();
    await showAll(page);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    t.equal(await page.evaluate('document.activeElement.id'), 'main');
  });

  await t.test('three languages, kept; signed out, the page asks for the token again', async (t) => {
    await place(`t/${id}`);
    for (const [language, code, word] of [
      ['Svenska', 'sv', 'Inställningar'],
      ['Dansk', 'da', 'Indstillinger'],
    ] as const) {
      await page.locator('header select').selectOption({ label: language });
      await sees(word, page.getByRole('link', { name: word }));
      t.equal(await page.evaluate('document.documentElement.lang'), code);
    }
    await page.reload();
    await sees('kept', page.getByRole('link', { name: 'Indstillinger' }));
    await page.locator('header select').selectOption({ label: 'English' });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await sees('signed out', page.getByLabel('Admin token'));
    t.same(await violations(page), []);
  });

  t.same(errors, [], 'the page never failed by itself');
});

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 90_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error('it did not come about');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
