/** One setting that a person may change: where it stands and how it is asked. */
export type SettingLine =
  | { readonly path: string; readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly path: string; readonly kind: 'switch' }
  | {
      readonly path: string;
      readonly kind: 'number';
      readonly min: number;
      readonly max: number;
      readonly nullable?: true;
    }
  | { readonly path: string; readonly kind: 'text' | 'date'; readonly nullable?: true };

const STATUSES = ['New', 'Planned', 'OnGoing', 'Completed', 'GeneralDelivery'];
const choice = (path: string, ...values: string[]): SettingLine => ({ path, kind: 'choice', values });
const onOff = (path: string): SettingLine => ({ path, kind: 'switch' });
const number = (path: string, min: number, max: number): SettingLine => ({ path, kind: 'number', min, max });

/** The simple settings by the panel in which they stand; lists and pickers have panels of their own. */
export const SETTING_LINES = {
  customers: [
    choice('numberOwner', 'fortnox', 'webcrm'),
    choice('conflictPolicy', 'fortnox', 'webcrm'),
    choice('organisationAddressIs', 'invoice', 'visiting'),
    choice('countryLanguage', 'sv', 'da', 'nb', 'fi', 'de', 'en'),
    onOff('excludedKeepFlowing'),
    { path: 'startDate', kind: 'date', nullable: true },
    number('nameLimit', 20, 200),
  ],
  documents: [
    choice('documentMode', 'order', 'invoice'),
    choice('documents.statusOfOrder', ...STATUSES),
    choice('documents.statusOfInvoice', ...STATUSES),
    number('documents.quietSeconds', 0, 3600),
    choice('documents.frozenEdits', 'leave', 'put-back'),
    onOff('documents.cashFrozen'),
    choice('documents.creditInvoices', 'on-original', 'as-delivery'),
    onOff('documents.moveOrders'),
    choice('documents.vatIncluded', 'convert', 'refuse'),
    choice('documents.unknownArticle', 'text-row', 'refuse'),
    choice('documents.headerDiscount', 'refuse', 'ignore'),
    choice('documents.linePrice', 'list', 'unit', 'total'),
    choice('documents.lineText', 'name', 'memo'),
    { path: 'documents.timeZone', kind: 'text' },
  ],
  articles: [
    onOff('articles.follow'),
    choice('articles.inactive', 'keep', 'mark', 'remove'),
    choice('articles.edits', 'put-back', 'keep'),
    { path: 'articles.priceList', kind: 'text', nullable: true },
  ],
  safety: [
    { path: 'reconcile.hour', kind: 'number', min: 0, max: 23, nullable: true },
    number('reconcile.cycleDays', 1, 90),
    number('holdAbove', 1, 1_000_000),
  ],
} as const satisfies Record<string, readonly SettingLine[]>;
export type SettingGroup = keyof typeof SETTING_LINES;
