import chromium from '@sparticuz/chromium';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';

/** How long a page may take on a machine that is busy with other tests. */
export const SLOW_MS = 60_000;

/** The browser of the npm package, or why it cannot start here: tests then skip aloud. */
export async function openBrowser(): Promise<{ browser: Browser } | { missing: string }> {
  try {
    const executablePath = await chromium.executablePath();
    return { browser: await playwright.launch({ executablePath, args: chromium.args, headless: true }) };
  } catch (error) {
    return { missing: `no browser can be started here: ${error instanceof Error ? error.message : String(error)}` };
  }
}

export interface View {
  readonly dark?: boolean;
  readonly width?: number;
  readonly height?: number;
  readonly locale?: string;
  readonly timezone?: string;
}

/** A page of its own, signed in to nothing; each error of its script is kept in `errors`. */
export async function openPage(browser: Browser, view: View = {}): Promise<{ page: Page; errors: string[] }> {
  const context = await browser.newContext({
    colorScheme: view.dark ? 'dark' : 'light',
    viewport: { width: view.width ?? 1280, height: view.height ?? 900 },
    locale: view.locale ?? 'en-GB',
    reducedMotion: 'reduce',
    ...(view.timezone === undefined ? {} : { timezoneId: view.timezone }),
  });
  const page = await context.newPage();
  page.setDefaultTimeout(SLOW_MS);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    // A call that was refused or not answered is shown by the page itself; the browser notes it as well.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      errors.push(message.text());
  });
  return { page, errors };
}

/** Signs in as an administrator does. */
export async function signIn(page: Page, url: string, token: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel('Admin token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Tenants' }).waitFor();
}

/** Waits until the screen has read what it shows. */
export async function showAll(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor();
  while ((await page.locator('.loading').count()) > 0)
    await page.locator('.loading').first().waitFor({ state: 'detached' });
}

/** Chooses a language in the head of the page. */
export async function speak(page: Page, language: string): Promise<void> {
  await page.locator('header select').selectOption(language);
  await page.locator(`html[lang=${language}]`).waitFor();
}
