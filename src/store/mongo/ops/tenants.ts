import type { Tenant } from '../../../../schemas/records.ts';
import { SyncError } from '../../../errors/sync-error.ts';
import { toStoredText } from '../../stored-text.ts';
import { OF_TENANTS } from '../collections.ts';
import { deleteInBatches } from '../delete-batches.ts';
import { optional, reader } from '../documents.ts';
import { idOf, present, type Row } from '../mongo.ts';
import { reading, writing } from '../operations.ts';
import { readPage } from '../paging.ts';
import type { OpsOf } from './types.ts';

const read = reader('tenants');

export const tenantRow = (tenant: Tenant): Row => ({
  _id: idOf(tenant.id),
  id: toStoredText(tenant.id),
  hookToken: toStoredText(tenant.hookToken),
  ...present({
    fortnoxDatabase: tenant.fortnoxDatabaseNumber === null ? null : toStoredText(tenant.fortnoxDatabaseNumber),
  }),
  version: tenant.version,
  createdAt: tenant.createdAt,
  doc: JSON.stringify(tenant),
});

export const tenants: OpsOf<'tenants'> = {
  async insert(mongo, tenant) {
    await mongo.rows('tenants').insertOne(tenantRow(tenant), writing('tenants.insert'));
  },
  async get(mongo, id) {
    return optional('tenants', await mongo.rows('tenants').findOne({ _id: idOf(id) }, reading('tenants.get')));
  },
  async byHookToken(mongo, token) {
    const filter = { hookToken: toStoredText(token) };
    return optional('tenants', await mongo.rows('tenants').findOne(filter, reading('tenants.byHookToken')));
  },
  list: (mongo, page) =>
    readPage(
      mongo,
      {
        collection: 'tenants',
        operation: 'tenants.list',
        where: {},
        keys: [
          ['createdAt', 'number'],
          ['id', 'string'],
        ],
        descending: false,
        read,
      },
      page,
    ),
  async replace(mongo, tenant) {
    const next: Tenant = { ...tenant, version: tenant.version + 1 };
    const { _id, ...row } = tenantRow(next);
    const fence = { _id, version: tenant.version };
    const { matchedCount } = await mongo.rows('tenants').replaceOne(fence, row, writing('tenants.replace'));
    if (matchedCount === 0)
      throw new SyncError('version-changed', `Tenant ${tenant.id} was changed meanwhile; read it again`);
    return next;
  },
  async remove(mongo, id) {
    const itself = { _id: idOf(id) };
    const options = { projection: { _id: 1 }, ...reading('tenants.remove') };
    if ((await mongo.rows('tenants').findOne(itself, options)) === null) return;
    const filter = { tenant: toStoredText(id) };
    for (const name of OF_TENANTS) await deleteInBatches(mongo, name, 'tenants.remove', filter);
    await mongo.rows('tenants').deleteOne(itself, writing('tenants.remove'));
  },
};
