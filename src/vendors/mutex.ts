/** Runs the given work one at a time, in the order of asking; a failure does not stop the next. */
export function createMutex(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work, work);
    // The caller gets the failure through `result`; here only the order counts.
    last = result.catch(() => undefined);
    return result;
  };
}
