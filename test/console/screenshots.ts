/**
 * `npm run screenshots`: every screen in light, dark and 390 px wide, into screenshots/. With a name, only screens that hold it;
 * with a language (`sv`, `da`) after it, in that language.
 */
import { mkdir } from 'node:fs/promises';
import { CHANGE_STEPS } from '../../src/demo/change-steps.ts';
import { CONNECT_STEPS } from '../../src/demo/connect-steps.ts';
import { IMPORT_STEP } from '../../src/demo/import-step.ts';
import { openBrowser, openPage, showAll, signIn, speak } from './browser.ts';
import { sceneOf } from './scene.ts';
import { screensOf } from './screens.ts';
import { openWorld } from './world.ts';

const VIEWS = [
  { name: 'light', dark: false, width: 1280 },
  { name: 'dark', dark: true, width: 1280 },
  { name: '390', dark: false, width: 390 },
] as const;
const [wanted = '', language = 'en'] = process.argv.slice(2);

const world = await openWorld();
try {
  await mkdir('screenshots', { recursive: true });
  await world.walk([...CONNECT_STEPS, IMPORT_STEP, ...CHANGE_STEPS.slice(0, 1), ...CHANGE_STEPS.slice(3, 4)]);
  const { tenantId, seeded, api } = world.tour;
  const ofTenant = (path: string) => `/api/tenants/${tenantId}${path}`;
  const scene = sceneOf(world);
  await scene.settled();
  const booked = await scene.booked();
  await scene.settled();
  await scene.refused(3, 4);
  await api.post(ofTenant('/pause'));
  await scene.twins();
  await api.post(ofTenant('/resume'));
  await scene.conflicts(1);
  await scene.deleted(5);
  await api.post(ofTenant('/pause'), { entity: 'customer', to: 'fortnox' });
  await scene.rings(6, '08-999 99 99');
  await scene.waiting(1);
  const run = await api.post<{ id: string }>(ofTenant('/imports'), { kinds: ['article', 'customer'], dryRun: true });
  await scene.wait('the dry run', async () => {
    const { state } = await api.get<{ state: string }>(ofTenant(`/imports/${run.id}`));
    return state === 'ready' ? true : null;
  });
  await api.post('/api/tenants', { name: 'Exempelbolaget AB' });

  const screens = screensOf(tenantId, {
    booked: String(booked),
    refused: String(seeded.otherType[0]),
    linked: String(scene.customerAt(6).organisationId),
    gone: String(scene.customerAt(5).organisationId),
    run: run.id,
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
    await speak(page, language);
    for (const [name, { hash, act }] of Object.entries(screens)) {
      // What a person does on a screen is named in English.
      if (!name.includes(wanted) || (act !== undefined && language !== 'en')) continue;
      await page.goto(`${world.urls.service}/#/${hash}`);
      await showAll(page);
      await act?.(page);
      await showAll(page);
      await page.screenshot({ path: `screenshots/${name}-${view.name}.png`, fullPage: true });
      // What was opened is closed again.
      if (act !== undefined) await page.reload();
    }
    await opened.browser.close();
  }
} finally {
  await world.close();
}
