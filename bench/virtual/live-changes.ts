import type { VirtualRuntime } from '../../test/support/virtual-runtime.ts';
import type { FleetTenant } from './fleet.ts';

/** Edited in turn: a change never meets the one before it. */
const CUSTOMERS = 40;
/** Longer than any change may take: what is not written by then is counted as lost. */
const LATEST_MS = 120_000;
const LOOK_EVERY_MS = 1_000;

interface Paired {
  readonly organisation: number;
  readonly number: string;
}

/** Customers that are in step in both systems. */
export async function pairCustomers(runtime: VirtualRuntime, tenant: FleetTenant): Promise<readonly Paired[]> {
  const organisations = Array.from({ length: CUSTOMERS }, (_, n) =>
    tenant.webcrm.person.createOrganisation({ OrganisationName: `Levande ${n} AB`, OrganisationType: 'Customer' }),
  );
  await runtime.advance(2_000);
  await runtime.runUntil(async () => (await tenant.open()) === 0, 600_000);
  const byName = new Map(tenant.fortnox.customers().map(({ Name, CustomerNumber }) => [Name, CustomerNumber]));
  const paired = organisations.map((organisation, n) => ({
    organisation,
    number: String(byName.get(`Levande ${n} AB`)),
  }));
  // The first updates of a tenant are read before and after (R3): they are behind us then.
  for (const { organisation, number } of paired) {
    tenant.webcrm.person.editOrganisation(organisation, { OrganisationTelephone: '1' });
    await runtime.advance(5_000);
    tenant.fortnox.person.editCustomer(number, { Phone1: '2' });
    await runtime.advance(5_000);
  }
  return paired;
}

/**
 * People change one record each `everyMs`, now in webCRM, now in Fortnox; gives for each change the milliseconds until its
 * write arrived at the other vendor, Infinity when it never did.
 */
export async function changeAndMeasure(
  runtime: VirtualRuntime,
  tenant: FleetTenant,
  customers: readonly Paired[],
  { count, everyMs }: { readonly count: number; readonly everyMs: number },
): Promise<readonly number[]> {
  const changedAt: number[] = [];
  const phone = (n: number) => `08-${100_000 + n}`;
  const change = (n: number): void => {
    changedAt[n] = runtime.now();
    const { organisation, number } = customers[n % customers.length] as Paired;
    if ((n + Math.floor(n / customers.length)) % 2 === 0)
      tenant.webcrm.person.editOrganisation(organisation, { OrganisationTelephone: phone(n) });
    else tenant.fortnox.person.editCustomer(number, { Phone1: phone(n) });
  };
  const begun = runtime.now();
  // The moments are drawn before: what happens meanwhile does not move them.
  for (let n = 0; n < count; n += 1) runtime.setTimer(Math.floor((n + tenant.draw()) * everyMs), () => change(n));
  await runtime.advance(count * everyMs);

  const writtenAt = new Map<unknown, number>();
  const note = (value: unknown, at: number) => {
    if (at >= begun && !writtenAt.has(value)) writtenAt.set(value, at);
  };
  const look = () => {
    for (const { at, body } of tenant.fortnox.writes) note(body?.Phone1, at);
    for (const { at, fields } of tenant.webcrm.writes) note(fields.OrganisationTelephone, at);
    return changedAt.every((_at, n) => writtenAt.has(phone(n)));
  };
  for (const latest = runtime.now() + LATEST_MS; !look() && runtime.now() < latest; )
    await runtime.advance(LOOK_EVERY_MS);
  return changedAt.map((at, n) => (writtenAt.get(phone(n)) ?? Number.POSITIVE_INFINITY) - at);
}
