import { SEEDED_CUSTOM_FIELDS } from '../sandbox/seed.ts';
import { counts, customers, organisations } from './records.ts';
import { repeated, type Summary } from './summary.ts';
import { ofTenant, type Tour } from './tour.ts';

interface Status {
  readonly jobs: { readonly dead: number };
  readonly pairs: Readonly<Record<string, number>>;
}

/** Looks at both registers, the stand-ins' counters and the service's status. */
export async function summarise(tour: Tour, startedAt: number): Promise<Summary> {
  const [inWebcrm, inFortnox, calls, status, webcrmViolations, fortnoxViolations] = await Promise.all([
    organisations(tour),
    customers(tour),
    counts(tour),
    tour.api.get<Status>(ofTenant(tour, '/status')),
    tour.control.get<{ request: string; why: string }[]>('/control/webcrm/violations'),
    tour.control.get<{ request: string; why: string }[]>('/control/fortnox/violations'),
  ]);
  const number = (value: unknown): string => String(value ?? '').trim();
  const { webcrm, fortnox } = calls;
  return {
    tookMs: tour.runtime.now() - startedAt,
    created: { webcrm: webcrm.byRoute['POST /Organisations'] ?? 0, fortnox: fortnox.byRoute['POST /3/customers'] ?? 0 },
    updated: {
      webcrm: webcrm.byRoute['PUT /Organisations/{id}'] ?? 0,
      fortnox: fortnox.byRoute['PUT /3/customers/{id}'] ?? 0,
    },
    calls,
    violations: [...webcrmViolations, ...fortnoxViolations].map(({ request, why }) => `${request}: ${why}`),
    duplicates: {
      webcrm: [
        ...repeated(inWebcrm.map((row) => number(row[SEEDED_CUSTOM_FIELDS.customerNumber]))),
        ...repeated(inWebcrm.map((row) => number(row.OrganisationName))),
      ],
      fortnox: repeated(inFortnox.map((row) => row.Name)),
    },
    failedJobs: status.jobs.dead,
    pairs: status.pairs,
    expectedPairs: tour.seeded.matched.length + tour.seeded.onlyWebcrm.length + tour.seeded.onlyFortnox.length,
  };
}
