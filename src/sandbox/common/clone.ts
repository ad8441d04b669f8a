/** A copy of a value of JSON. structuredClone is made for much more, and takes many times as long for a record of a hundred fields. */
export function clone<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(clone) as T;
  const copy = { ...value } as Record<string, unknown>;
  for (const name of Object.keys(copy)) if (typeof copy[name] === 'object') copy[name] = clone(copy[name]);
  return copy as T;
}
