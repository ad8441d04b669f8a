/** The longest strictly increasing subsequence: the positions of its members, in order. */
export function longestIncreasing(values: readonly number[]): number[] {
  const tails: number[] = [];
  const before: number[] = [];
  const at = (position: number | undefined): number => values[position ?? -1] ?? Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at(tails[middle]) < at(i)) low = middle + 1;
      else high = middle;
    }
    before[i] = low > 0 ? (tails[low - 1] ?? -1) : -1;
    tails[low] = i;
  }
  const chain: number[] = [];
  for (let i = tails[tails.length - 1] ?? -1; i >= 0; i = before[i] ?? -1) chain.push(i);
  return chain.reverse();
}

/**
 * Pairs two lists without crossings so that the sum of the weights is greatest; a weight of 0 forbids the pair. Equal sums: the
 * earliest pairs. Time and memory grow with the product of the lengths.
 */
export function heaviestChain(
  rows: number,
  columns: number,
  weight: (row: number, column: number) => number,
): [number, number][] {
  const width = columns + 1;
  const weights = new Float64Array(rows * columns);
  const best = new Float64Array((rows + 1) * width);
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const own = weight(i, j);
      weights[i * columns + j] = own;
      const paired = own > 0 ? own + (best[(i + 1) * width + j + 1] ?? 0) : 0;
      best[i * width + j] = Math.max(paired, best[(i + 1) * width + j] ?? 0, best[i * width + j + 1] ?? 0);
    }
  }
  const pairs: [number, number][] = [];
  let i = 0;
  let j = 0;
  while (i < rows && j < columns) {
    const here = best[i * width + j] ?? 0;
    const own = weights[i * columns + j] ?? 0;
    if (own > 0 && own + (best[(i + 1) * width + j + 1] ?? 0) === here) pairs.push([i++, j++]);
    else if ((best[(i + 1) * width + j] ?? 0) === here) i++;
    else j++;
  }
  return pairs;
}
