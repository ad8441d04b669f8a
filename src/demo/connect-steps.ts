import { DEFAULT_SETTINGS, type Settings } from '../../schemas/settings.ts';
import { SEEDED_CUSTOM_FIELDS } from '../sandbox/seed.ts';
import { SEEDED_DELIVERY_FIELDS, SEEDED_ITEM_FIELDS } from '../sandbox/seed-documents.ts';
import { counts } from './records.ts';
import { expect, ofTenant, type Step } from './tour.ts';

interface Check {
  readonly ok: boolean;
  readonly items: readonly { name: string; ok: boolean; message: string; remedy: string | null }[];
}

/** The least that the demo waits for; the default is 10. */
export const QUIET_SECONDS = 2;

/** From nothing to a connected tenant, as an administrator does it. */
export const CONNECT_STEPS: readonly Step[] = [
  {
    title: 'An administrator makes a tenant and says what goes where',
    async run(tour) {
      const made = await tour.api.post<{ tenant: { id: string }; webhook: { url: string; secret: string } }>(
        '/api/tenants',
        {
          name: 'Demobolaget AB',
        },
      );
      tour.tenantId = made.tenant.id;
      tour.pointFortnoxWebhook(made.webhook);
      const settings: Partial<Settings> = {
        customFields: SEEDED_CUSTOM_FIELDS,
        numberOwner: 'fortnox',
        conflictPolicy: 'fortnox',
        documentMode: 'order',
        documents: {
          ...DEFAULT_SETTINGS.documents,
          quietSeconds: QUIET_SECONDS,
          fields: SEEDED_DELIVERY_FIELDS,
          items: SEEDED_ITEM_FIELDS,
        },
      };
      await tour.api.patch(ofTenant(tour, '/settings'), settings);
      tour.printer.line(
        'Types Customer and Private Customer go to Fortnox; Fortnox owns the customer number and wins conflicts.',
      );
      tour.printer.line('A delivery becomes an order; the register of products follows the articles.');
    },
  },
  {
    title: 'Both systems are connected',
    async run(tour) {
      const { webcrmToken, fortnoxRefreshToken } = tour.access;
      await tour.api.put(ofTenant(tour, '/credentials/webcrm'), { applicationToken: webcrmToken });
      await tour.api.put(ofTenant(tour, '/credentials/fortnox'), {
        grant: 'refresh_token',
        refreshToken: fortnoxRefreshToken,
      });
      const check = await tour.api.post<Check>(ofTenant(tour, '/check'));
      const failed = check.items.filter((item) => !item.ok);
      for (const item of failed) tour.printer.line(`${item.message} ${item.remedy ?? ''}`);
      expect(check.ok, `The connection check does not pass: ${failed.length} points are open.`);
      tour.printer.line(
        `The check of ${check.items.length} points passes: credentials, rights, fields, Types, terms, currencies.`,
      );
      const { tenant } = await tour.api.post<{ tenant: { state: string } }>(ofTenant(tour, '/connect'));
      expect(tenant.state === 'connected', `The tenant is ${tenant.state} after it was connected.`);
      const { webcrm, fortnox } = await counts(tour);
      tour.probes = { webcrm: webcrm.refused, fortnox: fortnox.refused };
      tour.printer.line("Connected; webCRM's hooks are registered.");
    },
  },
];
