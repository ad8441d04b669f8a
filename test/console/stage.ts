import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Locator, Page } from 'playwright-core';
import { openBrowser, openPage, SLOW_MS, speak } from './browser.ts';
import { sceneOf } from './scene.ts';
import { openWorld } from './world.ts';

/** The viewer sits far from the companies: a time that is not in the viewer's zone shows. */
export const ZONE = 'America/New_York';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** The page's own clock goes on by this much at each look for something that it reads again from time to time. */
const STEP_MS = 5_000;
const LOOK_MS = 250;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}
/** What is asked of a test that is under way. */
export interface Asserts {
  ok(holds: unknown, what: string): unknown;
  same(found: unknown, wanted: unknown, what: string): unknown;
}

/** One world and one page for all that is shown here; null, with the reason, where no browser starts. */
export async function openStage() {
  const opened = await openBrowser();
  if ('missing' in opened) return opened;
  const world = await openWorld();
  const { page, errors } = await openPage(opened.browser, { timezone: ZONE });
  // What the page does every few seconds is not waited for: its clock is moved on.
  await page.clock.install();
  const { tour, urls } = world;

  const visible = (locator: Locator) => locator.first().waitFor({ timeout: SLOW_MS });
  const stage = {
    ...world,
    page,
    errors,
    scene: sceneOf(world),
    async close(): Promise<void> {
      await opened.browser.close();
      await world.close();
    },
    ofTenant: (path: string) => `/api/tenants/${tour.tenantId}${path}`,
    /** Goes to a place of the tenant. */
    place: (rest = '') => page.goto(`${urls.service}/#/t/${tour.tenantId}${rest}`),
    go: (hash: string) => page.goto(`${urls.service}/#/${hash}`),
    press: (name: string) => page.getByRole('button', { name, exact: true }).click(),
    async sees(t: Asserts, what: string, locator: Locator): Promise<void> {
      await visible(locator);
      t.ok(true, what);
    },
    /** What the page shows once it has read again by itself. */
    async comes(t: Asserts, what: string, locator: Locator): Promise<void> {
      const end = Date.now() + SLOW_MS;
      while ((await locator.count()) === 0 && Date.now() < end) {
        await page.clock.fastForward(STEP_MS);
        await page.waitForTimeout(LOOK_MS);
      }
      await stage.sees(t, what, locator);
    },
    violations: () => violations(page),
    /** axe-core finds nothing, light and dark, and 390 px hold it in all three languages. */
    async fits(t: Asserts, name: string): Promise<void> {
      t.same(await violations(page), [], `${name}, light`);
      await page.emulateMedia({ colorScheme: 'dark' });
      // Nothing but the colours differs.
      t.same(await violations(page, ['color-contrast', 'link-in-text-block']), [], `${name}, dark`);
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize({ width: 390, height: 844 });
      // Behind a dialog nothing can be chosen.
      const languages = (await page.locator('dialog').count()) > 0 ? [] : ['sv', 'da', 'en'];
      for (const language of ['', ...languages]) {
        if (language !== '') await speak(page, language);
        const wide = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
        t.ok(wide <= 0, `${name} ${language}: ${wide} px too wide`);
      }
      await page.setViewportSize({ width: 1280, height: 900 });
    },
  };
  return stage;
}
export type Stage = Exclude<Awaited<ReturnType<typeof openStage>>, { missing: string }>;

async function violations(page: Page, rules: readonly string[] = []): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(AXE);
  const options = JSON.stringify({ resultTypes: ['violations'], ...(rules.length === 0 ? {} : { runOnly: rules }) });
  // The script above brings it into the page.
  const found = (await page.evaluate(
    `axe.run(document, ${options}).then((result) => result.violations)`,
  )) as Violation[];
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}
