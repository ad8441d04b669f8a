/** How many records the demo's two companies hold. */
export interface Sizes {
  /** In both registers; every tenth has another telephone on each side. */
  readonly matched: number;
  readonly onlyWebcrm: number;
  readonly onlyFortnox: number;
  /** Organisations of a Type that does not go to Fortnox. */
  readonly otherType: number;
  /** In Fortnox, with prices. */
  readonly articles: number;
  /** Of the first matched customers, with three lines each, in status New. */
  readonly deliveries: number;
}

/** Small enough that the whole tour ends within about a minute and a half at the vendors' real limits. */
export const SIZES: Sizes = {
  matched: 20,
  onlyWebcrm: 10,
  onlyFortnox: 10,
  otherType: 4,
  articles: 8,
  deliveries: 3,
};

/** How many records one webCRM and one Fortnox register hold at the start. */
export const registerSizes = ({
  matched,
  onlyWebcrm,
  onlyFortnox,
  otherType,
}: Omit<Sizes, 'articles' | 'deliveries'>): { webcrm: number; fortnox: number } => ({
  webcrm: matched + onlyWebcrm + otherType,
  fortnox: matched + onlyFortnox,
});
