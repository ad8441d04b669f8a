import type { Image, Side } from '../../schemas/records.ts';
import type { FieldLine, VendorRecord } from '../sync/fields.ts';

/**
 * As showsImage, for a row of a list, which holds a part of the record: a field whose column reads something that the row does
 * not have says nothing.
 */
export function showsPart(map: readonly FieldLine[], side: Side, row: VendorRecord, image: Image): boolean {
  let whole = true;
  const watched = new Proxy(row, {
    get(target, name) {
      if (typeof name === 'string' && !Object.hasOwn(target, name)) whole = false;
      return Reflect.get(target, name);
    },
  });
  return map.every((line) => {
    whole = true;
    const value = line[side].read(watched);
    return !whole || value === image[line.field];
  });
}
