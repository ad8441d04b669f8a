type ReadAll<T> = (onPage: (rows: T[]) => Promise<void>) => Promise<unknown>;

/** The first page of a list that is otherwise read to its end: one call. Raises what the call raises. */
export async function firstPage<T>(readAll: ReadAll<T>): Promise<T[]> {
  let first: T[] = [];
  const enough = new Error('One page was enough.');
  try {
    await readAll(async (rows) => {
      first = rows;
      throw enough;
    });
  } catch (error) {
    // A reader of pages stops when its taker raises.
    if (error !== enough) throw error;
  }
  return first;
}
