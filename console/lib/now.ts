import { useEffect, useState } from 'preact/hooks';

/** The present, renewed each `everyMs`: what was said relative to it stays true. */
export function useNow(everyMs = 5_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
