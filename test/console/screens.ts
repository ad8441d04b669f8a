import type { Page } from 'playwright-core';

/** A screen: its place, and what a person does there to see the whole of it. */
export interface Screen {
  readonly hash: string;
  readonly act?: (page: Page) => Promise<void>;
}
/** Records that screens show, by their ids. */
export interface Shown {
  readonly booked: string;
  readonly refused: string;
  readonly linked: string;
  readonly gone: string;
  readonly run: string;
}

const press = (name: string) => (page: Page) => page.getByRole('button', { name, exact: true }).click();

/** Every screen of the console by name, with what opens on it; `id` is the tenant's. */
export const screensOf = (id: string, shown: Shown): Readonly<Record<string, Screen>> => ({
  overview: { hash: '' },
  'new-tenant': { hash: 'new' },
  now: { hash: `t/${id}` },
  'to-decide': {
    hash: `t/${id}/person`,
    act: async (page) => page.getByRole('button', { name: 'It is Tvillingen AB' }).waitFor(),
  },
  failed: { hash: `t/${id}/failed` },
  imports: { hash: `t/${id}/imports`, act: async (page) => page.getByText('New import').click() },
  import: { hash: `t/${id}/imports/${shown.run}` },
  activity: { hash: `t/${id}/activity` },
  records: { hash: `t/${id}/records` },
  'records-found': {
    hash: `t/${id}/records`,
    async act(page) {
      await page.getByLabel('Name, number or id').fill(shown.linked);
      await page.getByRole('button', { name: `Look for ${shown.linked} there` }).click();
    },
  },
  'record-linked': { hash: `t/${id}/record/customer/webcrm/${shown.linked}` },
  'record-unlink': { hash: `t/${id}/record/customer/webcrm/${shown.linked}`, act: press('Unlink') },
  'record-refused': { hash: `t/${id}/record/customer/webcrm/${shown.refused}` },
  'record-link': {
    hash: `t/${id}/record/customer/webcrm/${shown.refused}`,
    act: press('Link with another record'),
  },
  'record-booked': { hash: `t/${id}/record/delivery/webcrm/${shown.booked}` },
  'record-gone': { hash: `t/${id}/record/customer/webcrm/${shown.gone}` },
  settings: { hash: `t/${id}/settings` },
  'connect-webcrm': { hash: `t/${id}/connect/webcrm` },
  'connect-fortnox': { hash: `t/${id}/connect/fortnox` },
  'connect-types': { hash: `t/${id}/connect/types` },
  'connect-documents': { hash: `t/${id}/connect/documents` },
  'connect-fields': { hash: `t/${id}/connect/fields` },
  'connect-dry-run': { hash: `t/${id}/connect/dry-run` },
  'connect-go': { hash: `t/${id}/connect/go` },
  'not-found': { hash: 'nowhere' },
  'no-tenant': { hash: 't/none' },
});
