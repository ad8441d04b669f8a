import type { Test } from 'tap';
import { showAll } from '../browser.ts';
import { REFUSAL } from '../scene.ts';
import { screensOf } from '../screens.ts';
import type { Stage } from '../stage.ts';

/** Something of each kind that wants a person, how every screen shows it, and how it is mended. */
export async function troubles(t: Test, stage: Stage): Promise<void> {
  const { page, place, press, sees, scene, tour, ofTenant } = stage;
  const written = page.getByRole('switch', { name: 'Customers to Fortnox' });

  await t.test('a pause by hand: what came meanwhile follows, and what a person has to decide is found', async (t) => {
    await place();
    await press('Pause');
    await sees(t, 'paused', page.getByText('Paused by hand'));
    await scene.twins();
    await press('Go on');
    await scene.conflicts(1);
    await stage.comes(t, 'told at once', page.getByText('1 record waits for your decision'));
  });

  await scene.refused(2);
  await scene.deleted(5);

  await t.test('R72 a direction is switched off, and what waits is told', async (t) => {
    await place();
    await written.click();
    await sees(t, 'partly paused', page.getByText('A part is paused by hand'));
    t.equal(await written.getAttribute('aria-checked'), 'false');
    await scene.rings(6, '08-999 99 99');
    await stage.comes(t, 'what waits', page.getByText('1 record waits.'));
  });

  await t.test('every screen: axe-core finds nothing, light and dark; 390 px hold it in three languages', async (t) => {
    const run = await tour.api.post<{ id: string }>(ofTenant('/imports'), { kinds: ['customer'], dryRun: true });
    await scene.wait('the dry run', async () => {
      const { state } = await tour.api.get<{ state: string }>(ofTenant(`/imports/${run.id}`));
      return state === 'ready' ? true : null;
    });
    const idAt = (index: number) => String(scene.customerAt(index).organisationId);
    const screens = screensOf(tour.tenantId, {
      booked: String(tour.seeded.deliveries[0]),
      refused: String(tour.seeded.otherType[0]),
      linked: idAt(6),
      gone: idAt(5),
      run: run.id,
    });
    for (const [name, { hash, act }] of Object.entries(screens)) {
      await stage.go(hash);
      // What was opened on the screen before is closed.
      if (name === 'record-refused' || name === 'record-booked') await page.reload();
      await showAll(page);
      await act?.(page);
      await showAll(page);
      await stage.fits(t, name);
    }
  });

  await t.test('R72 switched on again, what waited is written', async (t) => {
    await place();
    await written.click();
    await page.getByText('A part is paused by hand').waitFor({ state: 'detached' });
    await stage.comes(t, 'the new line', page.locator('.line', { hasText: 'Updated in Fortnox' }));
  });

  await t.test(
    'B4 B6 a record that fails once more when it is synchronised by hand is not told to be done',
    async (t) => {
      await place(`/record/customer/webcrm/${scene.customerAt(2).organisationId}`);
      await scene.refuses(1);
      await press('Synchronise now');
      await stage.comes(t, 'that it failed, and why', page.getByText(`It failed: `));
      await sees(t, 'in the words of Fortnox', page.locator('.said', { hasText: REFUSAL }));
    },
  );

  await t.test('B4 a record that failed is listed with its reason and tried again', async (t) => {
    await place('/failed');
    await sees(t, 'the reason', page.getByText(REFUSAL));
    await page.getByRole('button', { name: /^Try all again/ }).click();
    await sees(t, 'what was begun', page.getByText('1 record is tried again.'));
    await scene.wait('the end of the retry', async () => {
      const { items } = await tour.api.get<{ items: unknown[] }>(ofTenant('/jobs'));
      return items.length === 0 ? true : null;
    });
    await stage.comes(t, 'nothing is left', page.getByText('Nothing has failed'));
  });

  await t.test('B6 two records that may be one are decided by a person', async (t) => {
    await place('/person');
    await press('Compare them');
    await sees(t, 'both side by side', page.locator('.compare').getByText('Tvillingen AB'));
    await stage.fits(t, 'compared');
    await page.getByRole('button', { name: 'It is Tvillingen AB' }).click();
    await sees(t, 'nothing is left to decide', page.getByText('Nothing waits for a decision'));
    // A pair bears its name when its first job has run.
    const pairs = await scene.wait('the linked pair', async () => {
      const path = ofTenant('/search?q=tvilling');
      const found = (await tour.api.get<{ pairs: { name: string; state: string }[] }>(path)).pairs;
      return found.some(({ state }) => state === 'linked') ? found : null;
    });
    t.match(pairs, [{ name: 'Tvillingen AB', state: 'linked' }]);
    t.equal(pairs.length, 1);
  });

  await t.test('B6 a pair is unlinked, linked by number, and a record that is gone is made anew', async (t) => {
    const { organisationId, customerNumber } = scene.customerAt(7);
    await place(`/record/customer/webcrm/${organisationId}`);
    await press('Unlink');
    await page.getByRole('dialog').getByRole('button', { name: 'Unlink' }).click();
    await sees(t, 'unlinked', page.getByText('Unlinked. Both records stay as they are.'));
    await press('Link with another record');
    t.equal(await page.evaluate('document.activeElement.tagName'), 'INPUT', 'the keyboard is where one types');
    await page.getByLabel('Number or id in Fortnox').fill(customerNumber);
    await press('Link');
    await sees(t, 'linked', page.getByText('Linked. What differs follows now.'));
    await place(`/record/customer/webcrm/${scene.customerAt(5).organisationId}`);
    await press('Make it anew in webCRM');
    await page.getByRole('dialog').getByRole('button', { name: 'Make it anew in webCRM' }).click();
    await sees(t, 'made anew', page.getByText('It is being made anew.'));
  });
}
