import type { Filter } from 'mongodb';
import type { FortnoxKind, Pair, PairEntity } from '../../../../schemas/records.ts';
import { SyncError } from '../../../errors/sync-error.ts';
import { bears, searchedPart } from '../../pair-search.ts';
import { toStoredText } from '../../stored-text.ts';
import { optional, reader } from '../documents.ts';
import { idOf, type Mongo, type Row } from '../mongo.ts';
import { type OperationName, reading, writing } from '../operations.ts';
import { readPage } from '../paging.ts';
import { pairRow } from './pair-row.ts';
import type { OpsOf } from './types.ts';

const read = reader('pairs');

/** Longest answer of the queries that have no pages. */
const MOST = 200;
const NEWEST = { updatedAt: -1, id: -1 } as const;

const one = async (mongo: Mongo, operation: OperationName, filter: Filter<Row>) =>
  optional('pairs', await mongo.rows('pairs').findOne(filter, reading(operation)));

const newest = async (mongo: Mongo, operation: OperationName, filter: Filter<Row>, limit: number) =>
  (await mongo.rows('pairs').find(filter, reading(operation)).sort(NEWEST).limit(limit).toArray()).map(read);

interface Count {
  readonly _id: { readonly entity: PairEntity; readonly state: string };
  readonly n: number;
}

/** How many pairs there are of each entity and state. */
const counted = (mongo: Mongo, operation: OperationName, tenant: string): Promise<Count[]> =>
  mongo
    .rows('pairs')
    .aggregate<Count>(
      [
        { $match: { tenant: toStoredText(tenant) } },
        { $group: { _id: { entity: '$entity', state: '$state' }, n: { $sum: 1 } } },
      ],
      reading(operation),
    )
    .toArray();

export const pairs: OpsOf<'pairs'> = {
  async insert(mongo, pair) {
    await mongo.rows('pairs').insertOne(pairRow(pair), writing('pairs.insert'));
  },
  get: (mongo, tenant, id) => one(mongo, 'pairs.get', { _id: idOf(tenant, id), tenant: toStoredText(tenant) }),
  bySide(mongo, tenant, entity, side, id) {
    const [kind, field] = side === 'webcrm' ? ['entity', 'webcrmId'] : ['fortnoxKind', 'fortnoxId'];
    return one(mongo, 'pairs.bySide', { tenant: toStoredText(tenant), [kind]: entity, [field]: toStoredText(id) });
  },
  byInvoice: (mongo, tenant, invoice) =>
    newest(mongo, 'pairs.byInvoice', { tenant: toStoredText(tenant), invoiceRef: toStoredText(invoice) }, MOST),
  // A line that was moved may stand in two pairs until both were seen: the one written last is right.
  async byLine(mongo, tenant, lineId) {
    const filter = { tenant: toStoredText(tenant), lines: toStoredText(lineId) };
    return (await newest(mongo, 'pairs.byLine', filter, 1))[0] ?? null;
  },
  openOrders(mongo, tenant, customerNumber) {
    const filter = { tenant: toStoredText(tenant), openOrderOf: toStoredText(customerNumber) };
    return newest(mongo, 'pairs.openOrders', filter, MOST);
  },
  byIntentKey: (mongo, tenant, key) =>
    one(mongo, 'pairs.byIntentKey', { tenant: toStoredText(tenant), intentKey: toStoredText(key) }),
  async replace(mongo, pair) {
    const next: Pair = { ...pair, version: pair.version + 1 };
    const { _id, ...row } = pairRow(next);
    const fence = { _id, tenant: toStoredText(pair.tenant), version: pair.version };
    const { matchedCount } = await mongo.rows('pairs').replaceOne(fence, row, writing('pairs.replace'));
    if (matchedCount === 0)
      throw new SyncError('version-changed', `Pair ${pair.id} was changed meanwhile; read it again`);
    return next;
  },
  async delete(mongo, tenant, id, version) {
    const fence = { _id: idOf(tenant, id), tenant: toStoredText(tenant), version };
    return (await mongo.rows('pairs').deleteOne(fence, writing('pairs.delete'))).deletedCount > 0;
  },
  list(mongo, tenant, page) {
    const { reason, entity, state } = page;
    const where = {
      tenant: toStoredText(tenant),
      ...(reason === undefined ? {} : { reason: toStoredText(reason) }),
      ...(entity === undefined ? {} : { entity }),
      ...(state === undefined ? {} : { state }),
    };
    return readPage(
      mongo,
      {
        collection: 'pairs',
        operation: 'pairs.list',
        where,
        keys: [
          ['updatedAt', 'number'],
          ['id', 'string'],
        ],
        descending: true,
        read,
      },
      page,
    );
  },
  async search(mongo, tenant, text, limit) {
    // The document is JSON text: an expression finds what may match, and `bears` decides.
    const literal = JSON.stringify(searchedPart(text))
      .slice(1, -1)
      .replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
    const id = toStoredText(text);
    const cursor = mongo
      .rows('pairs')
      .find(
        {
          tenant: toStoredText(tenant),
          $or: [{ webcrmId: id }, { fortnoxId: id }, { doc: { $regex: literal, $options: 'i' } }],
        },
        reading('pairs.search'),
      )
      .sort(NEWEST);
    const found: Pair[] = [];
    for await (const row of cursor) {
      const pair = read(row);
      if (bears(pair, text)) found.push(pair);
      if (found.length >= limit) break;
    }
    return found;
  },
  walk: (mongo, tenant, page) =>
    readPage(
      mongo,
      {
        collection: 'pairs',
        operation: 'pairs.walk',
        where: { tenant: toStoredText(tenant), entity: page.entity },
        keys: [['id', 'string']],
        descending: false,
        read,
      },
      page,
    ),
  async counts(mongo, tenant) {
    const counts: Record<string, number> = {};
    for (const { _id, n } of await counted(mongo, 'pairs.counts', tenant))
      counts[_id.state] = (counts[_id.state] ?? 0) + n;
    return counts;
  },
  async countsByKind(mongo, tenant) {
    const counts: Record<FortnoxKind, Record<string, number>> = { customer: {}, article: {}, order: {}, invoice: {} };
    const groups = await mongo
      .rows('pairs')
      .aggregate<{ _id: { kind: FortnoxKind; state: string }; n: number }>(
        [
          { $match: { tenant: toStoredText(tenant) } },
          { $group: { _id: { kind: '$fortnoxKind', state: '$state' }, n: { $sum: 1 } } },
        ],
        reading('pairs.countsByKind'),
      )
      .toArray();
    for (const { _id, n } of groups) counts[_id.kind][_id.state] = n;
    return counts;
  },
  async countsByEntity(mongo, tenant) {
    const counts: Record<PairEntity, Record<string, number>> = { customer: {}, article: {}, delivery: {} };
    for (const { _id, n } of await counted(mongo, 'pairs.countsByEntity', tenant)) counts[_id.entity][_id.state] = n;
    return counts;
  },
};
