import { useState } from 'preact/hooks';
import type { Problem } from './api.ts';
import { useAction, useLoad } from './load.ts';
import type { Page } from './types.ts';

export interface Paged<T> {
  readonly items: readonly T[] | undefined;
  readonly problem: Problem | null;
  /** Reads the next page; null at the end. */
  readonly more: (() => Promise<boolean>) | null;
  readonly moreBusy: boolean;
  /** From the first page on. */
  readonly reload: () => Promise<void>;
}

/** A list page by page. The first page is read again each `everyMs` as long as it is the only one. */
export function usePaged<T>(
  key: string,
  read: (cursor: string | undefined, signal?: AbortSignal) => Promise<Page<T>>,
  everyMs?: number,
): Paged<T> {
  const [rest, setRest] = useState<{ key: string; items: readonly T[]; next: string | null } | null>(null);
  const further = rest?.key === key ? rest : null;
  const first = useLoad(key, (signal) => read(undefined, signal), further === null ? everyMs : undefined);
  const next = further === null ? (first.data?.next ?? null) : further.next;
  const more = useAction(async () => {
    if (next === null) return;
    const page = await read(next);
    setRest({ key, items: [...(further?.items ?? []), ...page.items], next: page.next });
  });
  return {
    items: first.data === undefined ? undefined : [...first.data.items, ...(further?.items ?? [])],
    problem: first.problem ?? more.problem,
    more: next === null ? null : more.run,
    moreBusy: more.busy,
    async reload() {
      setRest(null);
      await first.reload();
    },
  };
}
