import { fieldsOf, type Row, type Table, tableOf } from '../fields.ts';

export type Delivery = { DeliveryId: number } & Row;

const { field, kept, listed, many, numbered } = fieldsOf('Delivery');

/** DeliveryDto, 136 fields (webcrm.md 8.3). */
export const DELIVERIES: Table = tableOf({
  name: 'Delivery',
  path: '/Deliveries',
  firstId: 2001,
  stamped: true,
  specs: [
    field('Id', 'integer'),
    field('Number', 'text'),
    field('Description', 'text'),
    ...many('integer', ['OrganisationId', 'PersonId', 'Type']),
    listed('Status', 'choice', ['New', 'Planned', 'OnGoing', 'Completed', 'GeneralDelivery']),
    listed('Risk', 'choice', ['NoRisk', 'Small', 'Medium', 'High', 'Crises']),
    field('ErpId', 'text'),
    field('ErpReadOnly', 'text'),
    listed('ErpStatus', 'choice', ['NotReadyForSynchronization', 'ReadyForSynchronization', 'Synchronized']),
    ...many('date', ['ErpSyncDateTime', 'OrderDate', 'NextFollowUp', 'WonDate']),
    kept('CreatedAt', 'date'),
    kept('CreatedBy', 'text'),
    kept('UpdatedAt', 'date'),
    kept('UpdatedBy', 'text'),
    ...many('double', ['OrderValue', 'OrderGmValue', 'Discount']),
    field('CurrencyName', 'text'),
    ...numbered('Revenue', 12, 'double'),
    ...numbered('GmRevenue', 12, 'double'),
    ...many('integer', ['Responsible', 'AssignedTo', 'AssignedTo2', 'UserGroupId']),
    field('Product', 'text'),
    ...many('integer', ['ProductId', 'Percent', 'WinPercent', 'WinPercent2']),
    field('WinYesNo', 'boolean'),
    field('SpentTime', 'text'),
    field('QuotationLanguageId', 'integer'),
    ...many('text', ['Search1', 'Search2', 'Note', 'Memo', 'Comment']),
    kept('History', 'text'),
    ...numbered('Custom', 15, 'text'),
    ...numbered('Plus', 20, 'text'),
    ...numbered('OpportunityCustom', 15, 'text'),
    ...numbered('OpportunityPlus', 20, 'text'),
    field('OpportunityMemo', 'text'),
  ],
  references: [{ field: 'DeliveryOrganisationId', to: 'Organisation', required: true }],
});
