import type { ImportRun } from '../../../../schemas/imports.ts';
import { toStoredText } from '../../stored-text.ts';
import { optional, reader } from '../documents.ts';
import { idOf, type Row } from '../mongo.ts';
import { reading, writing } from '../operations.ts';
import { readPage } from '../paging.ts';
import { upserting } from '../write-keyed.ts';
import type { OpsOf } from './types.ts';

export const importRow = (run: ImportRun): Row => ({
  _id: idOf(run.tenant, run.id),
  tenant: toStoredText(run.tenant),
  id: toStoredText(run.id),
  startedAt: run.startedAt,
  doc: JSON.stringify(run),
});

export const imports: OpsOf<'imports'> = {
  async put(mongo, run) {
    const { _id, tenant, ...rest } = importRow(run);
    const change = { $set: rest };
    await upserting(() =>
      mongo.rows('imports').updateOne({ _id, tenant }, change, { upsert: true, ...writing('imports.put') }),
    );
  },
  async get(mongo, tenant, id) {
    const key = { _id: idOf(tenant, id), tenant: toStoredText(tenant) };
    return optional('imports', await mongo.rows('imports').findOne(key, reading('imports.get')));
  },
  list: (mongo, tenant, page) =>
    readPage(
      mongo,
      {
        collection: 'imports',
        operation: 'imports.list',
        where: { tenant: toStoredText(tenant) },
        keys: [
          ['startedAt', 'number'],
          ['id', 'string'],
        ],
        descending: true,
        read: reader('imports'),
      },
      page,
    ),
};
