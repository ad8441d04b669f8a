/** `npm run screenshots`: every screen in light, dark and 390 px wide, into screenshots/. With a name, only screens that hold it. */
import { mkdir } from 'node:fs/promises';
import { CHANGE_STEPS } from '../../src/demo/change-steps.ts';
import { CONNECT_STEPS } from '../../src/demo/connect-steps.ts';
import { IMPORT_STEP } from '../../src/demo/import-step.ts';
import { openBrowser, openPage, showAll, signIn } from './browser.ts';
import { screensOf } from './screens.ts';
import { openWorld } from './world.ts';

const VIEWS = [
  { name: 'light', dark: false, width: 1280 },
  { name: 'dark', dark: true, width: 1280 },
  { name: '390', dark: false, width: 390 },
] as const;

const world = await openWorld();
try {
  await mkdir('screenshots', { recursive: true });
  await world.walk([...CONNECT_STEPS, IMPORT_STEP, ...CHANGE_STEPS.slice(0, 1)]);
  const { tenantId, seeded } = world.tour;
  const fault = { error: 1, message: 'Telefonnumret kan inte sparas', code: 2000106 };
  const body = JSON.stringify({ ErrorInformation: fault });
  await world.at.post('/control/fortnox/fail', { method: 'PUT', status: 400, body, times: 3 });
  for (const { organisationId } of seeded.matched.slice(2, 5))
    await world.at.patch(`/control/webcrm/organisations/${organisationId}`, { OrganisationTelephone: '08-1' });
  await world.at.post('/control/fortnox/customers', { Name: 'Tvillingen AB', Type: 'COMPANY' });
  await world.at.post('/control/webcrm/organisations', {
    OrganisationName: 'Ny kund AB',
    OrganisationType: 'Customer',
  });
  await world.tour.api.post('/api/tenants', { name: 'Exempelbolaget AB' });
  await new Promise((resolve) => setTimeout(resolve, 8_000));

  const screens = screensOf(tenantId, {
    booked: String(seeded.deliveries[0]),
    refused: String(seeded.otherType[0]),
  });
  for (const view of VIEWS) {
    // This browser runs in one process, which a second context would hang.
    const opened = await openBrowser();
    if ('missing' in opened) throw new Error(opened.missing);
    const { page } = await openPage(opened.browser, view);
    await page.goto(world.urls.service);
    await page.getByLabel('Admin token').waitFor();
    await page.screenshot({ path: `screenshots/sign-in-${view.name}.png` });
    await signIn(page, world.urls.service, world.adminToken);
    for (const [name, hash] of Object.entries(screens)) {
      if (process.argv[2] !== undefined && !name.includes(process.argv[2])) continue;
      await page.goto(`${world.urls.service}/#/${hash}`);
      await showAll(page);
      await page.screenshot({ path: `screenshots/${name}-${view.name}.png`, fullPage: true });
    }
    await opened.browser.close();
  }
} finally {
  await world.close();
}
