import type { Test } from 'tap';
import { type Stage, ZONE } from '../stage.ts';

/** What happens while one looks, and what a booked invoice shows. */
export async function watching(t: Test, stage: Stage): Promise<void> {
  const { page, place, press, sees, scene } = stage;
  const fresh = page.locator('.line.fresh', { hasText: 'Updated in Fortnox' });

  await t.test('B5 live activity appears while one looks', async (t) => {
    await place();
    await page.locator('.line').first().waitFor();
    await scene.rings(0, '08-777 77 77');
    await sees(t, 'the new line', fresh);
    const time = page.locator('.line.fresh time').first();
    const at = new Date((await time.getAttribute('datetime')) ?? '');
    const shown = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: ZONE }).format(at);
    t.equal(await time.textContent(), shown, "in the viewer's own zone");
  });

  await t.test(
    'B5 live activity comes by one stream, and by asking again where that does not come through',
    async (t) => {
      const asked: string[] = [];
      const count = (what: RegExp) => asked.filter((url) => what.test(url)).length;
      page.on('request', (request) => asked.push(request.url()));
      await page.reload();
      await page.locator('.line').first().waitFor();
      await page.clock.fastForward(30_000);
      t.equal(count(/\/activity\/stream$/), 1);
      t.ok(count(/\/activity\?limit/) <= 2, 'the list is not asked for again and again');
      await scene.rings(0, '08-777 77 78');
      await sees(t, 'the new line', fresh);

      await page.route('**/activity/stream', (route) => route.fulfill({ status: 503, body: '' }));
      await page.reload();
      await page.locator('.line').first().waitFor();
      await scene.rings(0, '08-777 77 79');
      await stage.comes(t, 'the new line all the same', fresh);
      t.ok(count(/\/activity\?limit/) >= 3);
      await page.unroute('**/activity/stream');
    },
  );

  await t.test('D3 a booked invoice: its page says that it takes no changes, and why', async (t) => {
    const delivery = await scene.booked();
    await place(`/record/delivery/webcrm/${delivery}`);
    await sees(t, 'frozen', page.getByText('Takes no changes'));
    await sees(t, 'both sides side by side', page.getByRole('columnheader', { name: /Fortnox/ }));
    await sees(t, 'its rows', page.getByRole('heading', { name: 'Rows' }));
    await press('Synchronise now');
    await sees(t, 'what came of it', page.getByText(/^Done\./));
  });

  await t.test('B4 a service that does not answer is told of, and the page goes on by itself', async (t) => {
    await page.route('**/api/overview*', (route) => route.abort());
    await stage.go('');
    await sees(t, 'what is the matter', page.getByText('The service does not answer.'));
    await stage.fits(t, 'no answer');
    await page.unroute('**/api/overview*');
    await stage.comes(t, 'it goes on', page.getByRole('link', { name: 'Demobolaget AB' }));
  });
}
