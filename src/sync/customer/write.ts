import type { Image, Pair } from '../../../schemas/records.ts';
import type { FortnoxCustomer } from '../../vendors/fortnox/types.ts';
import type { WebcrmOrganisation } from '../../vendors/webcrm/types.ts';
import { readSide } from '../fields.ts';
import { baseShown, intending } from '../intended.ts';
import { beforeUpdate } from '../listed.ts';
import { askFirst } from '../long-pause.ts';
import { pausedSides } from '../paused.ts';
import { provenPut, whileProving } from '../proven-put.ts';
import { remember } from '../remember.ts';
import { riding } from '../status/ride.ts';
import type { CustomerContext } from './context.ts';
import { numberInWebcrm } from './map.ts';
import { type Decision, plan } from './plan.ts';
import { isSelected } from './types-filter.ts';

/** Both records as just read. */
export interface Records {
  readonly organisation: WebcrmOrganisation;
  readonly customer: FortnoxCustomer;
}

/**
 * Plans a pair from what was just read, writes what the plan says, stores the new base and the log line. A crash
 * between a write and the base is harmless: the next plan finds both sides equal and writes nothing.
 */
export async function settle(context: CustomerContext, pair: Pair, records: Records): Promise<Pair> {
  const { base, decision } = planOf(context, pair, records);
  const asked = await askFirst(context, pair, decision);
  if (asked !== null) return asked;
  return whileProving(context, writesWebcrm(decision) ? ['organisation'] : [], () =>
    intending(context, pair, decision, { base }, (stored) => carryOut(context, stored, decision, records)),
  );
}

const writesWebcrm = ({ writes }: Decision): boolean => Object.keys(writes.webcrm).length > 0;

/** Whether what is to be done with the records writes something in webCRM. */
export const wouldWriteWebcrm = (context: CustomerContext, pair: Pair, records: Records): boolean =>
  writesWebcrm(planOf(context, pair, records).decision);

/** What is to be done with the records, and the base that it rests on. */
function planOf({ map, tenant, importing }: CustomerContext, pair: Pair, records: Records) {
  const { settings } = tenant;
  const now = {
    webcrm: readSide(map, 'webcrm', records.organisation),
    fortnox: readSide(map, 'fortnox', records.customer),
  };
  const base = baseShown(pair, now);
  const decision = plan({
    map,
    base,
    ...now,
    number: { webcrm: numberInWebcrm(settings, records.organisation), fortnox: records.customer.CustomerNumber },
    settings,
    selected: isSelected(settings, records.organisation),
    paused: pausedSides(tenant, 'customer'),
    firstLink: importing?.firstLink ?? null,
  });
  return { base, decision };
}

async function carryOut(context: CustomerContext, pair: Pair, decision: Decision, records: Records): Promise<Pair> {
  const { vendors, job, map } = context;
  const fortnox: Record<string, string | null> = { ...decision.nextBase.fortnox };
  if (Object.keys(decision.writes.fortnox).length > 0) {
    const number = records.customer.CustomerNumber;
    const answer = await vendors.fortnox.updateCustomer(number, decision.writes.fortnox, job.priority);
    // R1: Fortnox answers with the whole record. Only what we wrote becomes the image: another field that differs from
    // what we read was edited meanwhile, and must be seen as changed at the next plan.
    const image: Image = readSide(map, 'fortnox', answer);
    for (const { field } of decision.changes.fortnox) fortnox[field] = image[field] ?? null;
  }
  if (writesWebcrm(decision)) {
    const id = String(records.organisation.OrganisationId);
    await provenPut(context, {
      kind: 'organisation',
      id,
      before: await beforeUpdate(context, context.importing, records.organisation),
      fields: riding(context, 'organisation', records.organisation, decision.writes.webcrm, decision),
    });
  }
  const base = { webcrm: decision.nextBase.webcrm, fortnox };
  return remember(context, pair, decision, { base, state: decision.state });
}
