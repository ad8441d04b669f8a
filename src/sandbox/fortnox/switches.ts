/**
 * Facts about Fortnox that nobody has proven against a live system. Each is a switch, so that the service is tested
 * against every answer the live system may give; the first value of each is the default.
 */
export interface FortnoxSwitches {
  /** What `lastmodified` is cut to before it is compared (fortnox.md 5.3: seconds are a strong hint, not proof). */
  lastmodifiedPrecision: 'second' | 'minute';
  /** What JSON null does to a field (fortnox.md 8.1: not recorded). */
  jsonNull: 'ignored' | 'clears';
  /** Whether a change made through the API comes back as an event (fortnox.md 6.2: expected, not recorded). */
  echoEvents: boolean;
  /** What a PUT with another CustomerNumber leads to. */
  numberChange: 'refused' | 'accepted';
  /** Whether a 429 says how long to wait (fortnox.md 5.1: no source shows it). */
  throttleHeader: 'none' | 'retry-after';
  /** Whether empty fields come as null instead of ''. */
  nullsForEmpty: boolean;
  /** How many search parameters and filters a list takes at a time (fortnox.md 5.4: sources disagree). */
  searchParameters: 'one' | 'many';
  /** Whether the invoice made from an order takes over its external references (fortnox.md 9: assumed by one client). */
  createinvoiceCopiesReference: boolean;
  /** Whether the invoice made from an order takes over its DeliveryDate (no recording, fortnox.md 16). */
  createinvoiceCopiesDeliveryDate: boolean;
  /** The OrderReference of an invoice made from several orders. */
  collectiveOrderReference: 'first' | 'none';
  /** Whether a credit invoice takes over the external references of the one that it credits. */
  creditCopiesReference: boolean;
  /** Whether an invoice of the cash method that is sent or paid takes writes (fortnox.md 8.4: a guard in a client). */
  cashSentOrPaid: 'locked' | 'open';
  /** SalesPrice in the single GET of an article (fortnox.md 10: null in recordings); the list always shows it. */
  articleSalesPrice: 'null' | 'default-list';
  /** What quantities of rows are rounded to (fortnox.md 3: the recording client may have rounded). */
  quantityDecimals: 'two' | 'all';
  /** What prices of rows are rounded to (fortnox.md 3, as quantities). */
  priceDecimals: 'two' | 'all';
  /** Whether a new price counts as a change of its article for `lastmodified`. */
  priceChangeBumpsArticle: boolean;
  /** Whether a new article has no price at all or one of 0 in every list (fortnox.md 10: one client counts such rows). */
  newArticlePrices: 'none' | 'zero';
  /** What a row with an article that does not exist leads to (fortnox.md 16). */
  unknownArticleRow: 'refused' | 'accepted';
  /** What a row keeps that gets another article: its texts and price, or those of the article (no source). */
  rowArticleChange: 'keeps' | 'refills';
  /** Whether texts of orders have the lengths of invoices (fortnox.md 8.3, 9: the published schema gives orders none). */
  orderTextLimits: 'none' | 'as-invoice';
  /** Whether the stream goes on with a tenant whose token has ended (fortnox.md 6.2: unknown). */
  streamTenantExpiry: 'keeps' | 'drops';
}

export const SWITCH_VALUES: {
  readonly [K in keyof FortnoxSwitches]: readonly [FortnoxSwitches[K], ...FortnoxSwitches[K][]];
} = {
  lastmodifiedPrecision: ['second', 'minute'],
  jsonNull: ['ignored', 'clears'],
  echoEvents: [true, false],
  numberChange: ['refused', 'accepted'],
  throttleHeader: ['none', 'retry-after'],
  nullsForEmpty: [false, true],
  searchParameters: ['one', 'many'],
  createinvoiceCopiesReference: [true, false],
  createinvoiceCopiesDeliveryDate: [true, false],
  collectiveOrderReference: ['first', 'none'],
  creditCopiesReference: [true, false],
  cashSentOrPaid: ['locked', 'open'],
  articleSalesPrice: ['null', 'default-list'],
  quantityDecimals: ['two', 'all'],
  priceDecimals: ['two', 'all'],
  priceChangeBumpsArticle: [false, true],
  newArticlePrices: ['none', 'zero'],
  unknownArticleRow: ['refused', 'accepted'],
  rowArticleChange: ['keeps', 'refills'],
  orderTextLimits: ['none', 'as-invoice'],
  streamTenantExpiry: ['keeps', 'drops'],
};

export const DEFAULT_SWITCHES: Readonly<FortnoxSwitches> = Object.fromEntries(
  Object.entries(SWITCH_VALUES).map(([name, values]) => [name, values[0]]),
) as unknown as FortnoxSwitches;
