import type { Poller } from './poller.ts';

type PollNow = Poller['pollNow'];

interface Shared {
  readonly present: Promise<void>;
  /** Begins when the present one has ended: that one may have read before the change that is asked about now. */
  next: Promise<void> | null;
}

/**
 * Of one list at most one poll is under way and one follows, however many ask: where another instance owns the tenant each is a letter, and
 * hooks that name no record come by the hundred.
 */
export function createSharedPolls(pollNow: PollNow): PollNow {
  const shared = new Map<string, Shared>();

  function begin(key: string, poll: () => Promise<void>): Promise<void> {
    const one: Shared = { present: poll(), next: null };
    shared.set(key, one);
    const ended = () => {
      if (one.next === null) shared.delete(key);
    };
    one.present.then(ended, ended);
    return one.present;
  }

  return (tenantId, side, entity) => {
    const key = JSON.stringify([tenantId, side, entity]);
    const poll = () => pollNow(tenantId, side, entity);
    const present = shared.get(key);
    if (present === undefined) return begin(key, poll);
    const follow = () => begin(key, poll);
    present.next ??= present.present.then(follow, follow);
    return present.next;
  };
}
