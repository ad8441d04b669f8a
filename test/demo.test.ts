import t from 'tap';
import { registerSizes, SIZES } from '../src/demo/sizes.ts';
import { faultsOf, repeated, type Summary, summaryLines } from '../src/demo/summary.ts';
import { until } from '../src/demo/wait.ts';
import { systemRuntime } from '../src/runtime.ts';
import { bar, createPrinter, seconds } from '../src/terminal/print.ts';

const well: Summary = {
  tookMs: 61_240,
  created: { webcrm: 25, fortnox: 26 },
  updated: { webcrm: 28, fortnox: 7 },
  calls: {
    webcrm: { total: 240, writes: 53, refused: 0, throttled: 0 },
    fortnox: { total: 190, writes: 33, refused: 0, throttled: 0 },
  },
  violations: [],
  duplicates: { webcrm: [], fortnox: [] },
  failedJobs: 0,
  documents: { deliveries: 4, orders: 1, invoices: 2 },
  pairs: { customer: { linked: 111, excluded: 0 }, article: { linked: 8 }, delivery: {} },
  expectedPairs: { customer: 111, article: 8, delivery: 0 },
};

t.test('demo: the summary says what was done and that nothing was refused or doubled', async (t) => {
  t.same(summaryLines(well), [
    'Created    26 in Fortnox, 25 in webCRM',
    'Updated    7 in Fortnox, 28 in webCRM',
    'Pairs      customers: 111 linked; articles: 8 linked; deliveries: none',
    'Documents  4 deliveries in webCRM, 1 orders and 2 invoices in Fortnox',
    'Calls      webCRM 240 (limit 250 a minute), Fortnox 190 (limit 25 in 5 s)',
    'Violations 0',
    'Refused    0 calls, of which 0 for the rate limit',
    'Duplicates 0 among customers, articles and documents',
    'Failed     0 jobs',
    'Time       61.2 s',
  ]);
  t.same(faultsOf(well), []);
});

t.test('demo: each thing that is wrong has a sentence, so that the tour ends with 1', async (t) => {
  const bad: Summary = {
    ...well,
    calls: {
      webcrm: { total: 3, writes: 0, refused: 2, throttled: 2 },
      fortnox: { total: 3, writes: 0, refused: 3, throttled: 1 },
    },
    violations: ['PUT /3/customers/1: unknown field'],
    duplicates: { webcrm: ['customer number 7'], fortnox: [] },
    failedJobs: 1,
    pairs: { customer: { conflict: 1, linked: 110 }, article: {}, delivery: {} },
  };
  t.same(faultsOf(bad), [
    'webCRM answered 2 calls with 429: its limit was broken.',
    'webCRM holds more than one customer number 7.',
    'Fortnox answered 1 calls with 429: its limit was broken.',
    'Fortnox refused 2 calls.',
    'Not allowed: PUT /3/customers/1: unknown field',
    '110 pairs of customers are linked instead of 111.',
    '0 pairs of articles are linked instead of 8.',
    '1 jobs failed.',
  ]);
});

t.test('demo: repeated values are found once each, empty ones never', async (t) => {
  t.same(repeated(['1', '2', '1', '1', '', '', null, undefined]), ['1']);
});

t.test('demo: the seed fits into the minute that the import may take', async (t) => {
  // webCRM is the tight side with 250 calls a minute. A match costs two reads; an organisation without a customer a
  // read, the number written back and the look at its echo; a customer without an organisation up to four searches, a
  // create and an echo.
  const calls = 2 * SIZES.matched + 3 * SIZES.onlyWebcrm + 6 * SIZES.onlyFortnox;
  t.ok(calls <= 250, `${calls} calls`);
  t.ok(SIZES.matched >= 10, 'at least one pair differs');
  t.same(registerSizes({ matched: 4, onlyWebcrm: 3, onlyFortnox: 2, otherType: 1 }), { webcrm: 8, fortnox: 6 });
});

t.test('demo: progress replaces its line on a terminal and leaves one line a milestone in a log', async (t) => {
  const written = (isTerminal: boolean) => {
    let text = '';
    const printer = createPrinter({ write: (more: string) => (text += more) }, isTerminal);
    printer.step('Import');
    printer.progress('1 of 20', 0);
    printer.progress('2 of 20', 0);
    printer.progress('2 of 20', 0);
    printer.progress('9 of 20', 4);
    printer.progress('8 of 20', 3);
    printer.line('done');
    return text;
  };
  t.equal(written(false), '\n1. Import\n   1 of 20\n   9 of 20\n   done\n');
  t.equal(
    written(true),
    '\n1. Import\n\r\u001b[2K   1 of 20\r\u001b[2K   2 of 20\r\u001b[2K   9 of 20\r\u001b[2K   8 of 20\n   done\n',
  );
  t.equal(bar(0, 10), `[${'.'.repeat(24)}]`);
  t.equal(bar(5, 10), `[${'#'.repeat(12)}${'.'.repeat(12)}]`);
  t.equal(bar(0, 0), `[${'#'.repeat(24)}]`);
  t.equal(seconds(1249), '1.2 s');
});

t.test('demo: a wait in vain names what it waited for', async (t) => {
  let now = 0;
  const runtime = {
    ...systemRuntime(),
    now: () => now,
    elapsed: () => now,
    setTimer: (ms: number, fn: () => void) => {
      now += ms;
      queueMicrotask(fn);
      return () => {};
    },
  };
  let probes = 0;
  const found = await until(runtime, 'the third probe', 1000, () => (++probes === 3 ? 'here' : null));
  t.same(found, { value: 'here', tookMs: 200 });
  await t.rejects(
    until(runtime, 'the customer', 1000, () => null),
    { message: 'Waited 1 s for the customer, in vain.' },
  );
  const stopped = AbortSignal.abort();
  await t.rejects(
    until(runtime, 'it', 1000, () => null, { signal: stopped }),
    { message: 'Stopped while waiting for it.' },
  );
});
