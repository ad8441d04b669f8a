import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A row of links that scrolls sideways: where one is, is in view, on a narrow screen too. */
export function useCurrentInView<T extends HTMLElement>(place: string): RefObject<T | null> {
  const row = useRef<T>(null);
  useEffect(() => {
    const current = row.current?.querySelector<HTMLElement>('[aria-current]');
    if (!current || !row.current) return;
    const { offsetLeft, offsetWidth } = current;
    row.current.scrollLeft = offsetLeft - (row.current.clientWidth - offsetWidth) / 2;
  }, [place]);
  return row;
}
