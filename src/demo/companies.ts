import type { Runtime } from '../runtime.ts';
import type { SandboxVendor, SendNotification } from '../sandbox/chassis.ts';
import { createControl } from '../sandbox/control.ts';
import { createFortnoxSandbox, type FortnoxSandbox } from '../sandbox/fortnox/index.ts';
import { serveSandbox } from '../sandbox/http-server.ts';
import { type Seeded, seedCompanies } from '../sandbox/seed.ts';
import { seedDeliveries } from '../sandbox/seed-documents.ts';
import { createWebcrmSandbox, type WebcrmSandbox } from '../sandbox/webcrm/index.ts';
import type { Closers } from './closers.ts';
import type { Sizes } from './sizes.ts';

export interface Companies {
  readonly fortnox: FortnoxSandbox;
  readonly webcrm: WebcrmSandbox;
  readonly seeded: Seeded;
  readonly urls: { readonly fortnox: string; readonly webcrm: string; readonly control: string };
}

/** Each tour shows the same people: a linear congruential generator (Numerical Recipes) with a fixed start. */
function repeatable(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const YEAR_MS = 365 * 24 * 3_600_000;
const LONGEST_NOTIFICATION_MS = 10_000;
/** What a call over the internet takes, in milliseconds. */
const latency = (random: () => number) => (): number => 20 + random() * 60;

/**
 * Starts both stand-ins, filled, and their control page, on free ports of `host`. A notification is sent once, as the
 * vendors do; one that fails is told to `complain`, and the poll finds what it would have said.
 */
export async function openCompanies(deps: {
  runtime: Runtime;
  host: string;
  sizes: Sizes;
  /** Where the service's own page is. */
  consoleUrl: string;
  /** Ends notifications that are under way. */
  signal: AbortSignal;
  closers: Closers;
  complain: (text: string) => void;
}): Promise<Companies> {
  const { runtime, host, closers, complain } = deps;
  const random = repeatable(20_260_101);

  const notify: SendNotification = (url, headers, body) => {
    const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(LONGEST_NOTIFICATION_MS)]);
    runtime.fetch(url, { method: 'POST', headers, body, signal }).then(
      async (answer) => {
        await answer.body?.cancel();
        if (!answer.ok) complain(`A notification was answered ${answer.status}.`);
      },
      (error: unknown) => {
        if (!deps.signal.aborted) complain(`A notification failed: ${error instanceof Error ? error.message : error}`);
      },
    );
  };

  // Customers and articles have been there for a year: a poll has no reason to read them again.
  let ageMs = YEAR_MS;
  const now = () => runtime.now() - ageMs;
  const fortnox = createFortnoxSandbox({ now, random, notify });
  const webcrm = createWebcrmSandbox({ now, random, notify });
  const old = seedCompanies(fortnox, webcrm, { ...deps.sizes, deliveries: 0, random });
  ageMs = 0;
  const buyers = old.matched.slice(0, deps.sizes.deliveries).map(({ organisationId }) => organisationId);
  const seeded = { ...old, deliveries: seedDeliveries(webcrm, buyers, random) };

  const serve = async (vendor: SandboxVendor): Promise<string> => {
    const server = await serveSandbox(vendor, { host, port: 0, latency: latency(runtime.random) });
    closers.add(() => server.close());
    return server.url;
  };
  const [fortnoxUrl, webcrmUrl] = [await serve(fortnox), await serve(webcrm)];
  const control = createControl({
    fortnox,
    webcrm,
    runtime,
    links: [
      { title: 'The console of the service', url: deps.consoleUrl },
      { title: "Fortnox's stand-in", url: fortnoxUrl },
      { title: "webCRM's stand-in", url: webcrmUrl },
    ],
  });
  closers.add(() => control.close());
  const controlUrl = await control.listen({ host, port: 0 });
  return { fortnox, webcrm, seeded, urls: { fortnox: fortnoxUrl, webcrm: webcrmUrl, control: controlUrl } };
}
