/** How many records the demo's two companies hold. */
export interface Sizes {
  /** In both registers; every tenth has another telephone on each side. */
  readonly matched: number;
  readonly onlyWebcrm: number;
  readonly onlyFortnox: number;
  /** Organisations of a Type that does not go to Fortnox. */
  readonly otherType: number;
}

/** Small enough that the whole tour ends within about a minute and a half at the vendors' real limits. */
export const SIZES: Sizes = { matched: 40, onlyWebcrm: 18, onlyFortnox: 18, otherType: 6 };

/** How many records one webCRM and one Fortnox register hold at the start. */
export const registerSizes = ({
  matched,
  onlyWebcrm,
  onlyFortnox,
  otherType,
}: Sizes): { webcrm: number; fortnox: number } => ({
  webcrm: matched + onlyWebcrm + otherType,
  fortnox: matched + onlyFortnox,
});
