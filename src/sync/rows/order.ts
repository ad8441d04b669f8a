/** A row in the orders that are merged. Compared by identity. */
export interface Placed {
  /** It stands in the base, and its line was seen there. */
  readonly inBase: boolean;
  readonly lineSeen: boolean;
}

export interface Orders<T> {
  /** Fortnox's order, with the rows that webCRM alone holds after their predecessors. */
  readonly fortnox: readonly T[];
  /** The order that both get: of the side that reordered, Fortnox's when both did. */
  readonly merged: readonly T[];
  readonly webcrmReordered: boolean;
  /** Both reordered, and differ. */
  readonly conflict: boolean;
}

/** Puts every entry that only `other` holds after its predecessor there. */
export function insertMissing<T>(primary: readonly T[], other: readonly T[]): T[] {
  const present = new Set(primary);
  const followers = new Map<T | null, T[]>();
  let anchor: T | null = null;
  for (const one of other) {
    if (present.has(one)) anchor = one;
    else followers.set(anchor, [...(followers.get(anchor) ?? []), one]);
  }
  return [...(followers.get(null) ?? []), ...primary.flatMap((one) => [one, ...(followers.get(one) ?? [])])];
}

const sameOrder = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((one, at) => one === b[at]);

/** Merges the orders of both sides; `base` holds the rows of the base in their stored order. */
export function mergeOrders<T extends Placed>(
  base: readonly T[],
  webcrm: readonly T[],
  fortnox: readonly T[],
): Orders<T> {
  const inWebcrm = new Set(webcrm);
  const inFortnox = new Set(fortnox);
  const reordered = (present: ReadonlySet<T>, order: readonly T[], counts: (one: T) => boolean) =>
    !sameOrder(
      base.filter((one) => present.has(one) && counts(one)),
      order.filter((one) => one.inBase && counts(one)),
    );
  // A line that we posted before a crash may stand anywhere yet: where it does is nobody's wish.
  const seen = (one: T) => !one.inBase || one.lineSeen;
  const byWebcrm = reordered(inWebcrm, webcrm, seen);
  const byFortnox = reordered(inFortnox, fortnox, () => true);
  const differ = !sameOrder(
    webcrm.filter((one) => inFortnox.has(one) && seen(one)),
    fortnox.filter((one) => inWebcrm.has(one) && seen(one)),
  );
  const fortnoxFirst = insertMissing(fortnox, webcrm);
  return {
    fortnox: fortnoxFirst,
    merged: byWebcrm && !byFortnox ? insertMissing(webcrm, fortnox) : fortnoxFirst,
    webcrmReordered: byWebcrm,
    conflict: differ && byWebcrm === byFortnox,
  };
}
