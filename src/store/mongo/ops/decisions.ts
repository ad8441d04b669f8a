import type { Entity, Side } from '../../../../schemas/records.ts';
import { checkLimit } from '../../paging-cursor.ts';
import { fromStoredText, toStoredText } from '../../stored-text.ts';
import { idOf, type Row, textOrNull } from '../mongo.ts';
import { reading, writing } from '../operations.ts';
import { beyond, readPage, sortBy } from '../paging.ts';
import { upserting } from '../write-keyed.ts';
import type { OpsOf } from './types.ts';

const WAITING_ORDER = ['entity', 'side', 'id'] as const;

const keyOf = (tenant: string, entity: Entity, side: Side, id: string) => ({
  _id: idOf(tenant, entity, side, id),
  tenant: toStoredText(tenant),
});

const read = (row: Row) => ({
  entity: row.entity as Entity,
  side: row.side as Side,
  id: fromStoredText(String(row.id)),
  reason: fromStoredText(String(row.reason)),
  at: Number(row.at),
  waitsFor: textOrNull(row.waitsFor),
});

export const decisions: OpsOf<'decisions'> = {
  async set(mongo, tenant, entity, side, id, reason, now, waitsFor) {
    const key = keyOf(tenant, entity, side, id);
    const rows = mongo.rows('decisions');
    if (reason === null) return (await rows.deleteOne(key, writing('decisions.set'))).deletedCount > 0;
    const stored = toStoredText(reason);
    const fields = {
      entity,
      side,
      id: { $literal: toStoredText(id) },
      reason: { $literal: stored },
      waitsFor: { $literal: waitsFor === undefined ? null : toStoredText(waitsFor) },
      // What the record waits for may change while its reason stays, and then it is no news.
      at: { $cond: [{ $eq: ['$reason', { $literal: stored }] }, '$at', now] },
    };
    const before = await upserting(() =>
      rows.findOneAndUpdate(key, [{ $set: fields }], {
        upsert: true,
        returnDocument: 'before',
        projection: { reason: 1 },
        ...writing('decisions.set'),
      }),
    );
    return before?.reason !== stored;
  },
  async waitingFor(mongo, tenant, customer, page) {
    checkLimit(page.limit);
    const { after } = page;
    const where = { tenant: toStoredText(tenant), waitsFor: toStoredText(customer) };
    const from = after === undefined ? [] : [after.entity, after.side, toStoredText(after.id)];
    const filter = after === undefined ? where : { $and: [where, beyond(WAITING_ORDER, from, false)] };
    const rows = await mongo
      .rows('decisions')
      .find(filter, reading('decisions.waitingFor'))
      .sort(sortBy(WAITING_ORDER, false))
      .limit(page.limit)
      .toArray();
    return rows.map(read).map(({ entity, side, id }) => ({ entity, side, id }));
  },
  async get(mongo, tenant, entity, side, id) {
    const row = await mongo.rows('decisions').findOne(keyOf(tenant, entity, side, id), reading('decisions.get'));
    return row === null ? null : { reason: read(row).reason, at: Number(row.at) };
  },
  list(mongo, tenant, page) {
    const where = { tenant: toStoredText(tenant) };
    return readPage(
      mongo,
      {
        collection: 'decisions',
        operation: 'decisions.list',
        where: page.reason === undefined ? where : { ...where, reason: toStoredText(page.reason) },
        keys: [
          ['at', 'number'],
          ['entity', 'string'],
          ['side', 'string'],
          ['id', 'string'],
        ],
        descending: true,
        read,
      },
      page,
    );
  },
};
