import { useEffect, useState } from 'preact/hooks';

/** The part of the address behind `#/`, decoded, by its slashes. */
export type Route = readonly string[];

const read = (): Route =>
  location.hash
    .replace(/^#\/?/, '')
    .split('?', 1)
    .join('')
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A stray % is no code: it is taken as it stands.
    return part;
  }
}

/** A link to a place of the console. */
export const to = (...parts: readonly string[]): string => `#/${parts.map(encodeURIComponent).join('/')}`;

export function go(...parts: readonly string[]): void {
  location.hash = to(...parts);
}

/** What stands behind `?` of the place. */
export const param = (name: string): string | null => new URLSearchParams(location.hash.split('?')[1] ?? '').get(name);

export function useRoute(): Route {
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const changed = () => setRoute(read());
    addEventListener('hashchange', changed);
    // The place may have changed since it was first read.
    changed();
    return () => removeEventListener('hashchange', changed);
  }, []);
  return route;
}
