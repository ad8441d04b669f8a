import type { Listed } from '../../schemas/imports.ts';
import { type Activity, type Job, jobKey, type Pair, type PartialPutTrial } from '../../schemas/records.ts';
import { every } from '../store/every.ts';
import type { Store } from '../store/port.ts';
import { PAIR_ENTITY } from '../sync/journal.ts';
import { trialsAmong } from '../sync/put-trial.ts';
import { type RecordRef, recordsOf } from '../sync/record-ref.ts';

/** Decisions that wait for one record, read at a time. */
const PAGE = 200;

export interface Refusal extends RecordRef {
  readonly reason: string;
  readonly at: number;
}
/** All that is kept about a person. */
export interface Kept {
  /** The records that are the person's: its own on either side, and those of its deliveries. */
  readonly records: readonly RecordRef[];
  /** The person's own last: it leads to the others. */
  readonly pairs: readonly Pair[];
  readonly jobs: readonly Job[];
  /** Newest first. */
  readonly activity: readonly Activity[];
  readonly refusals: readonly Refusal[];
  readonly listed: readonly Listed[];
  /** What records held before an update of ours whose end is not known (R3). */
  readonly trials: readonly PartialPutTrial[];
}

type Reads = Pick<Store, 'tenants' | 'pairs' | 'jobs' | 'activity' | 'decisions' | 'imports' | 'listed'>;

/** Finds everything about the person whose organisation or customer this is. Goes over the tenant's pairs once: a rare question. */
export async function keptOf(store: Reads, tenant: string, person: RecordRef): Promise<Kept> {
  const own = await store.pairs.bySide(tenant, 'customer', person.side, person.id);
  const customer = own === null ? [person] : recordsOf(own);
  const number = customer.find(({ side }) => side === 'fortnox')?.id;
  const documents = number === undefined ? [] : await pairsOfCustomer(store, tenant, number);
  const pairs = own === null ? documents : [...documents, own];
  const waiting = await waitingFor(store, tenant, customer);
  const listed = await listedOf(store, tenant, customer);
  const records = unique([
    ...customer,
    ...documents.flatMap(recordsOf),
    ...documents.flatMap(({ rows }) => rows ?? []).flatMap(({ lineId }) => lineRef(lineId)),
    ...waiting,
    ...listed.map(({ kind, side, id }): RecordRef => ({ entity: kind, side, id })),
  ]);
  const jobs = await Promise.all(records.map((record) => store.jobs.get(tenant, jobKey(record))));
  const refusals = await Promise.all(
    records.map(async (record): Promise<Refusal | null> => {
      const found = await store.decisions.get(tenant, record.entity, record.side, record.id);
      return found === null ? null : { ...record, ...found };
    }),
  );
  return {
    records,
    pairs,
    jobs: jobs.filter((job) => job !== null),
    activity: await linesOf(store, tenant, records, pairs),
    refusals: refusals.filter((one) => one !== null),
    listed,
    trials: trialsAmong((await store.tenants.get(tenant))?.partialPutTrials ?? [], records),
  };
}

const lineRef = (id: string | null): RecordRef[] => (id === null ? [] : [{ entity: 'line', side: 'webcrm', id }]);

const unique = (records: readonly RecordRef[]): RecordRef[] => [
  ...new Map(records.map((record) => [jobKey(record), record])).values(),
];

async function pairsOfCustomer(store: Reads, tenant: string, customer: string): Promise<Pair[]> {
  const found: Pair[] = [];
  for await (const pair of every((page) => store.pairs.walk(tenant, { ...page, entity: 'delivery' })))
    if (pair.customerNumber === customer) found.push(pair);
  return found;
}

/** Deliveries and documents that have no pair yet and wait for the person. */
async function waitingFor(store: Reads, tenant: string, customer: readonly RecordRef[]): Promise<RecordRef[]> {
  const found: RecordRef[] = [];
  for (const { side, id } of customer) {
    let after: RecordRef | undefined;
    do {
      const page = await store.decisions.waitingFor(tenant, `${side}:${id}`, { limit: PAGE, after });
      found.push(...page);
      after = page.length === PAGE ? page.at(-1) : undefined;
    } while (after !== undefined);
  }
  return found;
}

/** What imports listed of the person: the record itself, and deliveries and documents that name it. */
async function listedOf(store: Reads, tenant: string, customer: readonly RecordRef[]): Promise<Listed[]> {
  const found: Listed[] = [];
  const isOwn = ({ kind, side, id, record }: Listed): boolean => {
    const ofDocument = side === 'webcrm' ? record?.DeliveryOrganisationId : record?.CustomerNumber;
    const named = kind === 'customer' ? id : ofDocument;
    return customer.some((one) => one.side === side && named !== undefined && one.id === String(named));
  };
  for await (const run of every((page) => store.imports.list(tenant, page)))
    for await (const record of every((page) => store.listed.list(tenant, run.id, page)))
      if (isOwn(record)) found.push(record);
  return found;
}

async function linesOf(
  store: Reads,
  tenant: string,
  records: readonly RecordRef[],
  pairs: readonly Pair[],
): Promise<Activity[]> {
  const found = new Map<string, Activity>();
  const filters = [
    ...pairs.map(({ id }) => ({ pairId: id })),
    ...records
      .filter(({ entity }) => entity !== 'line')
      .map(({ entity, side, id }) => ({
        entity: PAIR_ENTITY[entity],
        ...(side === 'webcrm' ? { webcrmId: id } : { fortnoxId: id }),
      })),
  ];
  for (const filter of filters)
    for await (const line of every((page) => store.activity.list(tenant, { ...page, ...filter })))
      found.set(line.id, line);
  return [...found.values()].sort((a, b) => b.at - a.at);
}
