import type { Page, PageRequest } from './port.ts';

/** The most that a list gives at once. */
const PAGE = 200;

/** Every item of a list, read page by page as they are taken. Raises what `list` raises. */
export async function* every<T>(list: (page: PageRequest) => Promise<Page<T>>): AsyncIterable<T> {
  let cursor: string | undefined;
  do {
    const page: Page<T> = await list({ limit: PAGE, cursor });
    yield* page.items;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}
