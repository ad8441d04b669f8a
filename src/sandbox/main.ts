import closeWithGrace from 'close-with-grace';
import { systemRuntime } from '../runtime.ts';
import type { SandboxVendor, SendNotification } from './chassis.ts';
import { createControl } from './control.ts';
import { createFortnoxSandbox } from './fortnox/index.ts';
import { serveSandbox } from './http-server.ts';
import { SEEDED_CUSTOM_FIELDS, seedCompanies } from './seed.ts';
import { ASSORTMENT_SIZE, SEEDED_DELIVERY_FIELDS, SEEDED_ITEM_FIELDS } from './seed-documents.ts';
import { createWebcrmSandbox } from './webcrm/index.ts';

const HOST = '127.0.0.1';
const runtime = systemRuntime();
const base = Number(process.env.SANDBOX_PORT ?? 4000);
if (!Number.isInteger(base) || base < 1 || base > 65_533)
  throw new Error(`SANDBOX_PORT is no port: ${process.env.SANDBOX_PORT}`);

const complain = (text: string): void => void process.stderr.write(`${text}\n`);

/** As the vendors do: sent once, never awaited by the one who edits. */
const notify: SendNotification = (url, headers, body) => {
  runtime.fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) }).then(
    async (answer) => {
      await answer.body?.cancel();
      if (!answer.ok) complain(`Notification to ${url} was answered ${answer.status}`);
    },
    (error: unknown) =>
      complain(`Notification to ${url} failed: ${error instanceof Error ? error.message : String(error)}`),
  );
};

const fortnox = createFortnoxSandbox({ now: runtime.now, random: runtime.random, notify });
const webcrm = createWebcrmSandbox({ now: runtime.now, random: runtime.random, notify });
const counts = { matched: 20, onlyWebcrm: 5, onlyFortnox: 5, otherType: 4, articles: ASSORTMENT_SIZE, deliveries: 4 };
seedCompanies(fortnox, webcrm, { ...counts, random: runtime.random });

const serve = (vendor: SandboxVendor, port: number) => serveSandbox(vendor, { host: HOST, port });
const servers = [await serve(fortnox, base + 1), await serve(webcrm, base + 2)];
const addresses = servers.map(({ url }, index) => ({ title: index === 0 ? 'Fortnox' : 'webCRM', url }));
const control = createControl({
  fortnox,
  webcrm,
  runtime,
  links: [{ title: 'The console of the service', url: process.env.SERVICE_URL ?? 'http://localhost:3000' }],
});
const controlUrl = await control.listen({ host: HOST, port: base });

closeWithGrace({ delay: 5000 }, async ({ err }) => {
  if (err) complain(err.stack ?? err.message);
  await Promise.all([control.close(), ...servers.map((server) => server.close())]);
});

process.stdout.write(
  [
    ...addresses.map(({ title, url }) => `${title.padEnd(8)} ${url}`),
    `Control  ${controlUrl}`,
    `webCRM's application token: ${webcrm.applicationToken}`,
    `settings.customFields: ${JSON.stringify(SEEDED_CUSTOM_FIELDS)}`,
    `settings.documents.fields: ${JSON.stringify(SEEDED_DELIVERY_FIELDS)}`,
    `settings.documents.items: ${JSON.stringify(SEEDED_ITEM_FIELDS)}`,
    '',
  ].join('\n'),
);
