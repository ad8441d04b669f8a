import { SyncError } from '../../src/errors/sync-error.ts';
import type { Runtime } from '../../src/runtime.ts';
import type { Store } from '../../src/store/port.ts';
import type { OpenSocket, StreamSocket } from '../../src/stream/socket.ts';

/** Whether an operation of the store fails, and whether it took effect all the same. */
export type StoreFault = 'before' | 'after' | null;

export interface Life {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly openSocket: OpenSocket;
  /** Ends it now, unless it has ended. */
  end(): void;
}

export interface LifeDeps {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly openSocket: OpenSocket;
  /** By how much the service's clock is wrong, ms. */
  readonly skew: () => number;
  readonly storeFault: () => StoreFault;
  /** Asked at each touch of the outside world: true ends the life there and then. */
  readonly dies: () => boolean;
  /** Told once, when the life ends. */
  readonly onEnd: () => void;
}

const never = <T>() => new Promise<T>(() => {});
const nothing: StreamSocket = { send() {}, ping() {}, hold() {}, close() {} };

/**
 * The outside world as one process of the service sees it. The process can end at every await of the store or of a vendor,
 * before or after the effect, and at every timer: from then on nothing that it awaits is answered and none of its timers
 * fires, which is what a SIGKILL looks like from outside. Calls that are on their way arrive all the same.
 */
export function createLife(deps: LifeDeps): Life {
  const { runtime, store } = deps;
  const sockets = new Set<StreamSocket>();
  let isOver = false;

  function end(): void {
    if (isOver) return;
    isOver = true;
    for (const socket of sockets) socket.close();
    deps.onEnd();
  }
  /** True when the life is over now. */
  function touch(): boolean {
    if (!isOver && deps.dies()) end();
    return isOver;
  }

  async function operate<T>(run: () => Promise<T>): Promise<T> {
    if (touch()) return never();
    const fault = deps.storeFault();
    if (fault === 'before') throw new SyncError('store-busy', 'The store is busy.');
    const value = await run();
    if (touch()) return never();
    if (fault === 'after') throw new SyncError('store-busy', 'The store did not say whether it has done it.');
    return value;
  }

  const watched = <T extends object>(area: T): T =>
    Object.fromEntries(
      Object.entries(area).map(([name, run]) => [
        name,
        (...args: unknown[]) => operate(() => (run as (...all: unknown[]) => Promise<unknown>)(...args)),
      ]),
    ) as T;
  const { shared, ping, close, ...collections } = store;
  const touched = Object.fromEntries(
    Object.entries(collections).map(([name, collection]) => [name, watched(collection)]),
  ) as unknown as typeof collections;

  return {
    end,
    store: { ...touched, shared, ping: () => operate(ping), close },
    runtime: {
      ...runtime,
      now: () => runtime.now() + deps.skew(),
      setTimer: (ms, fn) => runtime.setTimer(ms, () => void (touch() || fn())),
      async fetch(input, init) {
        if (touch()) return never();
        const end = await runtime.fetch(input, init).then(
          (answer) => ({ answer }),
          (error: unknown) => ({ error }),
        );
        if (touch()) return never();
        if ('error' in end) throw end.error;
        return end.answer;
      },
    },
    openSocket(url, listener) {
      if (isOver) return nothing;
      const socket = deps.openSocket(url, {
        opened: () => void (touch() || listener.opened()),
        received: (text) => void (touch() || listener.received(text)),
        ponged: () => void (touch() || listener.ponged()),
        closed: (why) => void (isOver || listener.closed(why)),
      });
      sockets.add(socket);
      return socket;
    },
  };
}
