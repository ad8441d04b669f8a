/**
 * Runs the work of one key one after another, in the order of asking, and that of different keys at once; a failure does
 * not stop the next. Claims of one process that raced each other for the same jobs would only take them from each other.
 */
export function createTurns(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const lasts = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const result = (lasts.get(key) ?? Promise.resolve()).then(work, work);
    lasts.set(key, result);
    const leave = () => {
      if (lasts.get(key) === result) lasts.delete(key);
    };
    result.then(leave, leave);
    return result;
  };
}
