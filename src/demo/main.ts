/** `npm run demo`: the whole round with both stand-ins; `-- --once` ends after it, with 0 when all was well. */
import closeWithGrace from 'close-with-grace';
import { systemRuntime } from '../runtime.ts';
import { createPrinter } from '../terminal/print.ts';
import { CHANGE_STEPS } from './change-steps.ts';
import { createClosers } from './closers.ts';
import { CONNECT_STEPS } from './connect-steps.ts';
import { DOCUMENT_STEPS } from './document-steps.ts';
import { IMPORT_STEP, settled } from './import-step.ts';
import { registerSizes, SIZES } from './sizes.ts';
import { summarise } from './summarise.ts';
import { faultsOf, summaryLines } from './summary.ts';
import type { Step } from './tour.ts';
import { openWorld, type World } from './world.ts';

const TOUR: readonly Step[] = [...CONNECT_STEPS, IMPORT_STEP, ...CHANGE_STEPS, ...DOCUMENT_STEPS];

const runtime = systemRuntime();
const printer = createPrinter(process.stdout, process.stdout.isTTY === true);
const stop = new AbortController();
const closers = createClosers();
const once = process.argv.includes('--once');

const grace = closeWithGrace({ delay: 10_000 }, async ({ err }) => {
  stop.abort();
  printer.settle();
  if (err) process.stderr.write(`${err.stack ?? err.message}\n`);
  await closers.close();
  // A tour that was broken off has shown nothing.
  if (once) process.exit(130);
});

/** Goes through all steps; the faults found, none when all is well. */
async function walk({ tour }: World): Promise<string[]> {
  const startedAt = runtime.now();
  for (const step of TOUR) {
    printer.step(step.title);
    await step.run(tour);
  }
  await settled(tour);
  const summary = await summarise(tour, startedAt);
  printer.step('What it came to');
  for (const line of summaryLines(summary)) printer.line(line);
  return faultsOf(summary);
}

async function demo(): Promise<string[]> {
  const { webcrm, fortnox } = registerSizes(SIZES);
  printer.line(
    `Two companies: ${webcrm} organisations in webCRM, ${fortnox} customers and ${SIZES.articles} articles in Fortnox, at the vendors' real limits.`,
  );
  const world = await openWorld({ runtime, env: process.env, printer, signal: stop.signal, closers });
  const faults = await walk(world);
  if (!once && faults.length === 0) {
    printer.line('');
    printer.line(`Both companies side by side, to try it yourself: ${world.urls.control}`);
    printer.line('Set a delivery to Planned there, edit its order, change a price: each side follows the other.');
    printer.line(`The console: ${world.urls.service}  (sign in with ${world.adminToken}); the API: /docs there.`);
    printer.line('Ctrl-C ends it.');
  }
  return faults;
}

let faults: string[];
try {
  faults = await demo();
} catch (error) {
  faults = stop.signal.aborted ? [] : [error instanceof Error ? error.message : String(error)];
}
if (!stop.signal.aborted && (once || faults.length > 0)) {
  printer.settle();
  for (const fault of faults) process.stderr.write(`   WRONG: ${fault}\n`);
  process.exitCode = faults.length > 0 ? 1 : 0;
  if (faults.length === 0) printer.line('All is well.');
  // close-with-grace would end the process with 0 whatever happened.
  grace.uninstall();
  stop.abort();
  await closers.close();
}
