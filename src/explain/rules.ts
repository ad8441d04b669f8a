import type { Code } from './codes.ts';
import { CONNECTION } from './codes.ts';
import type { RecordRef } from './rehearse.ts';
import type { Phase, Trace } from './trace.ts';

/** A rule that a record passes through, in the order in which its job asks. */
export interface RuleLine {
  readonly id: string;
  readonly rule: string;
  /** What holds when it is passed. */
  readonly says: string;
  readonly fails: readonly Code[];
  /** Nothing is asked after it has failed. */
  readonly stops: boolean;
  /** In which phases it is asked; absent: in all. */
  readonly phases?: readonly Phase[];
  /** By the settings, or by what was read. */
  asked?(trace: Trace): boolean;
  /** Codes by which it fails besides `fails`. */
  also?(trace: Trace): readonly Code[];
  /** Tells two rules of one code apart. */
  isFailing?(trace: Trace): boolean;
}

type Options = Pick<RuleLine, 'phases'> & Partial<Pick<RuleLine, 'asked' | 'isFailing'>>;
const stop = (id: string, rule: string, says: string, fails: readonly Code[], more: Options = {}): RuleLine => ({
  id,
  rule,
  says,
  fails,
  stops: true,
  ...more,
});
const note = (id: string, rule: string, says: string, fails: readonly Code[], more: Options = {}): RuleLine => ({
  ...stop(id, rule, says, fails, more),
  stops: false,
});

const NEW = { phases: ['new'] } as const;
const UNMADE = { phases: ['new', 'open'] } as const;
/** Asked of what is made by itself: a person who has it made anew has seen why it was not (R48). */
const BY_ITSELF = { ...UNMADE, asked: ({ rehearsal }: Trace) => rehearsal?.before?.intent?.asked !== true } as const;
const KNOWN = { phases: ['known'] } as const;
const read = (method: string) => (trace: Trace) => trace.rehearsal?.hasRead(method) === true;
const unread = (method: string) => (trace: Trace) => !read(method)(trace);
const settingsOf = ({ tenant }: Trace) => tenant.settings;

const HEAD: readonly RuleLine[] = [
  note('tenant', 'B7', 'The tenant is connected and not paused.', ['tenant-new', 'tenant-paused']),
  note('hold', 'R73', 'Its jobs are not held for a person.', ['tenant-held']),
  stop('connection', 'B7', 'Both vendors answer and accept our credentials.', CONNECTION),
];
/** R72: what is paused towards a side, told where it holds something back. */
const NOT_PAUSED = note('not-paused', 'R72', 'No write of such a record is paused.', [
  'to-fortnox-paused',
  'to-webcrm-paused',
]);
const isDetached = ({ rehearsal }: Trace) => rehearsal?.before?.state === 'detached';
const DETACHED = stop('detached', 'R71', 'The pair was not unlinked by hand.', ['detached'], {
  asked: ({ rehearsal }) => rehearsal !== null && rehearsal.before !== null,
  isFailing: isDetached,
});
const ERASED = stop('not-erased', 'R77', 'The person was not erased.', ['erased'], { phases: ['new'] });
const IN_WEBCRM = stop('exists-in-webcrm', 'R71', 'The record exists in webCRM.', ['gone-in-webcrm']);
const IN_FORTNOX = stop('exists-in-fortnox', 'R71', 'The record exists in Fortnox.', ['gone-in-fortnox']);
const PARTIAL_PUT = stop(
  'partial-put',
  'R3',
  'webCRM keeps the fields that an update does not send.',
  ['partial-put-unsafe'],
  {
    asked: ({ codes, rehearsal }) =>
      codes.has('partial-put-unsafe') || rehearsal?.writes.some(({ side }) => side === 'webcrm') === true,
  },
);
const READABLE = note(
  'values-fit',
  'R1',
  'Each value can be read, and the other side can hold it.',
  ['country-unknown', 'terms-unknown', 'currency-unknown', 'date-unreadable', 'no-default-type', 'value-cut'],
  KNOWN,
);
const NO_LOSS = note(
  'no-value-lost',
  'R70',
  'No value has to give way to one of the other side.',
  [
    'conflict-resolved',
    'first-link-overwrote',
    'number-put-back',
    'number-cannot-change',
    'cannot-be-empty',
    'owned-by-fortnox',
    'item-put-back',
    'lost-race',
  ],
  KNOWN,
);
/** What the record's last try, or this one, was refused with: any code may stand there. */
const ACCEPTED: RuleLine = {
  ...note('vendor-accepts', 'B4', 'The last try was not refused.', []),
  asked: ({ acts, lastTry }) => acts || lastTry !== null,
  also: ({ lastTry }) => (lastTry === null ? [] : [lastTry.code]),
};
const TAIL = [PARTIAL_PUT, READABLE, NO_LOSS, ACCEPTED];

const MATCH = stop(
  'match',
  'R20',
  'No other record may be the same one, or just one is for certain.',
  ['match-proposed', 'match-ambiguous', 'match-contradicted', 'number-already-paired'],
  NEW,
);
const MATCH_IS_FREE = stop('match-free', 'R71', 'The one that fits was not unlinked by hand.', ['detached'], {
  ...NEW,
  isFailing: (trace) => !isDetached(trace),
});
const ASKED_FIRST = stop(
  'asked-first',
  'R72',
  'No person is to be asked about what both sides changed during a long pause.',
  ['changed-on-both-sides'],
  KNOWN,
);
const HALF_MADE = stop('not-half-made', 'R22', 'No record that fits is just being created.', ['half-made'], NEW);
const START = (rule: Options = {}) =>
  stop('start-date', 'R13', 'It is not older than the start date.', ['before-start-date'], { ...NEW, ...rule });

const CUSTOMER_TYPE = stop('type', 'R10', "The organisation's Type is selected.", ['type-not-selected'], UNMADE);
const STILL_SELECTED = note('type-kept', 'R11', "The organisation's Type is still selected.", ['pair-excluded'], KNOWN);

const CUSTOMER_OF_WEBCRM: readonly RuleLine[] = [
  DETACHED,
  ERASED,
  IN_WEBCRM,
  { ...IN_FORTNOX, ...KNOWN },
  STILL_SELECTED,
  ASKED_FIRST,
  CUSTOMER_TYPE,
  stop('name', 'C4', 'The organisation has a name.', ['waiting-for-name'], UNMADE),
  stop('number', 'R30', 'It has the customer number that webCRM owns.', ['waiting-for-customer-number'], {
    ...UNMADE,
    asked: (trace) => settingsOf(trace).numberOwner === 'webcrm',
  }),
  HALF_MADE,
  MATCH,
  MATCH_IS_FREE,
  START({ asked: (trace) => settingsOf(trace).startDate !== null }),
];
const CUSTOMER_OF_FORTNOX: readonly RuleLine[] = [
  DETACHED,
  ERASED,
  IN_FORTNOX,
  { ...IN_WEBCRM, ...KNOWN },
  STILL_SELECTED,
  ASKED_FIRST,
  stop('own-create', 'R23', 'It is not our own create, whose answer is on its way.', ['passed-on'], UNMADE),
  HALF_MADE,
  MATCH,
  MATCH_IS_FREE,
  stop('default-type', 'R14', 'The settings name a Type for this kind of customer.', ['no-default-type'], UNMADE),
];

const FROZEN = note('head-open', 'R41', 'No edit waits for a document that takes no more changes.', [
  'invoice-booked',
  'document-cancelled',
  'order-invoiced',
  'invoice-shared',
  'invoice-sent-or-paid',
]);
const SETTLED: readonly RuleLine[] = [
  stop('pair-organisation', 'D8', 'The delivery belongs to an organisation that exists.', ['no-organisation'], KNOWN),
  stop('pair-type', 'R11', "The organisation's Type is selected.", ['type-not-selected'], KNOWN),
  stop('pair-vat', 'R45', 'The prices are without VAT, or may be converted.', ['vat-included'], KNOWN),
  stop(
    'pair-customer',
    'R12',
    'Its customer is in step.',
    ['waiting-for-customer', 'waiting-for-paused-customer'],
    KNOWN,
  ),
  ASKED_FIRST,
  note('customer-linked', 'R47', "The delivery's customer is linked.", ['customer-not-linked'], KNOWN),
  note('same-customer', 'R47', 'Delivery and document have the same customer.', ['customer-cannot-change'], KNOWN),
  { ...FROZEN, ...KNOWN },
  note('rows-open', 'R41', 'No edit of a row waits for rows that are locked.', ['rows-locked-by-order'], KNOWN),
  note('no-header-discount', 'R45', 'The delivery has no discount on the whole.', ['header-discount'], {
    ...KNOWN,
    asked: (trace) => settingsOf(trace).documents.headerDiscount === 'refuse',
  }),
  note('rows-fit', 'R44', 'The edits of the rows fit together.', ['rows-conflict', 'amount-discount'], KNOWN),
  note('pair-articles', 'R50', 'Fortnox has each article of the lines.', ['article-refused', 'article-unknown'], KNOWN),
];

const CUSTOMER_READY = stop(
  'customer',
  'R12',
  'Its customer is in step.',
  ['waiting-for-customer', 'waiting-for-paused-customer'],
  UNMADE,
);
const DOCUMENT_TYPE = stop('type', 'R10', "The organisation's Type is selected.", ['type-not-selected'], UNMADE);
const DELIVERY: readonly RuleLine[] = [
  DETACHED,
  ERASED,
  IN_WEBCRM,
  { ...IN_FORTNOX, ...KNOWN },
  stop('organisation-named', 'D8', 'The delivery names an organisation.', ['no-organisation'], {
    ...UNMADE,
    isFailing: unread('webcrm.getOrganisation'),
  }),
  stop('status', 'R25', 'Its status is selected.', ['status-not-selected'], BY_ITSELF),
  stop('rows', 'R25', 'It has a line.', ['no-rows'], BY_ITSELF),
  stop('header-discount', 'R45', 'It has no discount on the whole.', ['header-discount'], {
    ...BY_ITSELF,
    asked: (trace) => settingsOf(trace).documents.headerDiscount === 'refuse' && BY_ITSELF.asked(trace),
  }),
  START(BY_ITSELF),
  stop('quiet', 'R25', 'It has been quiet for long enough.', ['not-quiet'], BY_ITSELF),
  stop('organisation', 'D8', 'Its organisation exists.', ['no-organisation'], {
    ...UNMADE,
    isFailing: read('webcrm.getOrganisation'),
  }),
  DOCUMENT_TYPE,
  CUSTOMER_READY,
  stop('articles', 'R50', 'Fortnox has each article of the lines, or they may be text.', ['article-refused'], UNMADE),
  ...SETTLED,
];

const DOCUMENT: readonly RuleLine[] = [
  DETACHED,
  ERASED,
  stop('orders-kept', 'R40', 'Orders are kept in step, or this one has a delivery.', ['orders-not-kept'], UNMADE),
  stop('own-orders', 'R40', 'It is no invoice that known orders were made into.', ['passed-on'], {
    ...UNMADE,
    isFailing: unread('fortnox.getDocument'),
  }),
  IN_FORTNOX,
  { ...IN_WEBCRM, ...KNOWN },
  stop('own-create', 'R40', 'It is neither our own create on its way nor the invoice of an order.', ['passed-on'], {
    ...NEW,
    isFailing: read('fortnox.getDocument'),
  }),
  stop('no-credit', 'R48', 'It is no credit invoice, which shows on the original.', ['credit-on-original'], NEW),
  stop('not-cancelled', 'R48', 'It was not cancelled.', ['document-cancelled'], BY_ITSELF),
  stop('vat', 'R45', 'The prices are without VAT, or may be converted.', ['vat-included'], BY_ITSELF),
  START(BY_ITSELF),
  stop('not-shown', 'R40', 'Its invoice has no delivery of its own.', ['invoice-has-delivery'], BY_ITSELF),
  stop('customer', 'R12', 'Its customer is in step.', ['waiting-for-customer', 'waiting-for-paused-customer'], UNMADE),
  stop('organisation', 'D8', 'Its organisation exists.', ['no-organisation'], UNMADE),
  DOCUMENT_TYPE,
  ...SETTLED,
];

const ARTICLE: readonly RuleLine[] = [
  DETACHED,
  stop('followed', 'R60', 'The settings let the register follow the articles.', ['articles-not-followed']),
  note('active', 'R60', 'The article exists and is active.', ['article-inactive']),
  note('exists-in-webcrm', 'R60', 'Its item was not deleted by hand.', ['gone-in-webcrm'], KNOWN),
  stop('match', 'R20', 'At most one item bears the number.', ['match-ambiguous']),
];
const ITEM: readonly RuleLine[] = [
  DETACHED,
  stop('followed', 'R60', 'The settings let the register follow the articles.', ['articles-not-followed']),
  stop('article', 'R60', 'Items follow their article: see the article.', ['passed-on']),
];

const whole = (lines: readonly RuleLine[]): readonly RuleLine[] => [...HEAD, NOT_PAUSED, ...lines, ...TAIL];

/** The rules by the kind of record and the side that it is of. A kind that a side does not have is absent. */
export const RULES: Readonly<Record<string, readonly RuleLine[]>> = {
  'customer:webcrm': whole(CUSTOMER_OF_WEBCRM),
  'customer:fortnox': whole(CUSTOMER_OF_FORTNOX),
  'delivery:webcrm': whole(DELIVERY),
  'order:fortnox': whole(DOCUMENT),
  'invoice:fortnox': whole(DOCUMENT),
  'article:fortnox': whole(ARTICLE),
  'article:webcrm': whole(ITEM),
};
export const rulesOf = ({ entity, side }: Pick<RecordRef, 'entity' | 'side'>): readonly RuleLine[] | undefined =>
  RULES[`${entity}:${side}`];
