import type { JobContext } from '../context.ts';

const keyOf = ({ tenant }: JobContext, article: string): string => `${tenant.id}/item-link/${article}`;

/**
 * Runs `post` with the id of the article's item in the register, null when it has none or may have been removed (R60). We do not
 * remove it meanwhile, however long the call waits for its turn: a line would be linked to what is there no more.
 */
export async function withItem<T>(
  context: JobContext,
  article: string | null,
  post: (item: string | null) => Promise<T>,
): Promise<T> {
  if (article === null) return post(null);
  const release = context.locks.tryShare(keyOf(context, article));
  // It is being removed.
  if (release === null) return post(null);
  try {
    const pair = await context.store.pairs.bySide(context.tenant.id, 'article', 'fortnox', article);
    const { inactive } = context.tenant.settings.articles;
    const isGoing = pair?.state === 'gone' && inactive === 'remove';
    return await post(isGoing ? null : (pair?.webcrmId ?? null));
  } finally {
    release();
  }
}

/** Holds the article's item for its removal: the release, or null while a line is being linked to it. */
export const holdItem = (context: JobContext, article: string): (() => void) | null =>
  context.locks.tryLock([keyOf(context, article)]);
