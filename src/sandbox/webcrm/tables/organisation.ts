import { fieldsOf, type Row, type Table, tableOf } from '../fields.ts';

export type Organisation = { OrganisationId: number } & Row;

const { field, kept, listed, many, numbered } = fieldsOf('Organisation');
const ITEM_TYPES = ['Undefined', 'Activity', 'Opportunity', 'Delivery', 'Meeting', 'SupportCase'];

/** OrganisationDto, 109 fields (webcrm.md 8.1). */
export const ORGANISATIONS: Table = tableOf({
  name: 'Organisation',
  path: '/Organisations',
  firstId: 1,
  stamped: true,
  specs: [
    field('Id', 'integer'),
    field('Name', 'text', 200),
    field('DivisionName', 'text', 200),
    kept('CompareName', 'text', 500),
    field('Address', 'text', 250),
    field('PostCode', 'text'),
    field('City', 'text', 50),
    field('State', 'text'),
    field('Country', 'text', 50),
    field('Telephone', 'text', 50),
    kept('TelephoneSearch', 'text'),
    field('Fax', 'text', 50),
    field('Www', 'text', 50),
    field('Domain', 'text', 50),
    listed('Type', 'dropdown', ['Customer', 'Private Customer', 'Prospect', 'Supplier']),
    listed('Status', 'dropdown', ['Aktiv', 'Passiv']),
    listed('Industry', 'dropdown', ['Bygg', 'Handel', 'Industri', 'Transport', 'Tjänster'], 50),
    ...many('integer', ['TerritoryId', 'Owner', 'Owner2', 'ApprovalStatus']),
    field('VatNumber', 'text', 50),
    field('VatCountry', 'text', 10),
    field('VatGroup', 'text', 20),
    field('VatStatus', 'text'),
    field('VatVerifiedAt', 'date'),
    ...numbered('Custom', 15, 'text'),
    field('Memo', 'text'),
    ...numbered('ExtraCustom', 8, 'text', 50),
    ...numbered('XText', 8, 'text', 50),
    ...numbered('XInt', 8, 'integer'),
    ...numbered('XDate', 2, 'date'),
    ...numbered('XMemo', 2, 'text'),
    ...numbered('Plus', 20, 'text'),
    kept('CreatedAt', 'date'),
    kept('CreatedBy', 'text'),
    kept('UpdatedAt', 'date'),
    kept('UpdatedBy', 'text'),
    kept('LastDisplayedAt', 'date'),
    { ...kept('LastItemType', 'choice'), values: ITEM_TYPES },
    kept('LastItemUpdatedAt', 'date'),
    field('Alert', 'text', 50),
    field('Comment', 'text'),
    kept('History', 'text'),
    field('Gps', 'text', 50),
    field('NoAds', 'boolean'),
    field('OutlookSync', 'integer'),
    field('OverlayUrl', 'text'),
    field('ReportTemp', 'integer'),
    field('Sla', 'integer'),
    field('MarketDataId', 'text'),
    field('MarketDataProviderId', 'integer'),
    field('ImageFileExtension', 'text'),
  ],
  derive(row) {
    row.OrganisationCompareName = String(row.OrganisationName ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, '');
    row.OrganisationTelephoneSearch = String(row.OrganisationTelephone ?? '').replace(/\D/g, '');
  },
});
