import type { Runtime } from '../../src/runtime.ts';

export interface VirtualRuntime extends Runtime {
  /** Runs every timer due within `ms`, in order, then stands at now + `ms`. */
  advance(ms: number): Promise<void>;
  /** Runs timers until the predicate holds (or the time is reached); raises when `maxMs` have passed without that. */
  runUntil(until: (() => boolean | Promise<boolean>) | number, maxMs?: number): Promise<void>;
  /** Moves the clock until the promise has ended, and gives its value; raises when `maxMs` (two minutes) have passed without that. */
  drive<T>(promise: Promise<T>, maxMs?: number): Promise<T>;
  /** Lets all promise work end without moving the clock. */
  settle(): Promise<void>;
  /** Sets the machine's clock by so much, ms, back or forward; timers and what has elapsed do not notice. */
  setClock(ms: number): void;
  /** How many timers are set: a test for leaks. */
  pendingTimers(): number;
}

interface Timer {
  readonly at: number;
  readonly order: number;
  fn: () => void;
  cancelled: boolean;
}

const nothing = (): void => {};

const earlier = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Quiet turns of the event loop after which nothing is under way: work that hops over macrotasks may need several. */
const QUIET_TURNS = 3;

/**
 * A seeded world: the same seed and the same calls give the same order of everything. `onlyPromises`: nothing in it waits for a macrotask (no
 * platform's fetch or streams, no worker), so that a single turn of the event loop ends all that is under way.
 */
export function createVirtualRuntime(options: { seed: number; start: number; onlyPromises?: boolean }): VirtualRuntime {
  const heap: Timer[] = [];
  let time = options.start;
  let clockSet = 0;
  let order = 0;
  let touched = 0;
  let live = 0;
  let state = options.seed >>> 0;

  // mulberry32
  function random(): number {
    touched += 1;
    state = (state + 0x6d2b79f5) >>> 0;
    let x = state;
    x = Math.imul(x ^ (x >>> 15), x | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  }

  const swap = (i: number, j: number) => {
    const kept = heap[i] as Timer;
    heap[i] = heap[j] as Timer;
    heap[j] = kept;
  };

  function push(timer: Timer): void {
    heap.push(timer);
    let i = heap.length - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!earlier(heap[i] as Timer, heap[parent] as Timer)) return;
      swap(i, parent);
      i = parent;
    }
  }

  function pop(): void {
    const last = heap.pop() as Timer;
    if (heap.length === 0) return;
    heap[0] = last;
    for (let i = 0; ; ) {
      const left = 2 * i + 1;
      let least = i;
      for (const child of [left, left + 1]) {
        if (child < heap.length && earlier(heap[child] as Timer, heap[least] as Timer)) least = child;
      }
      if (least === i) return;
      swap(i, least);
      i = least;
    }
  }

  function next(limit: number): Timer | null {
    while (heap[0]?.cancelled) pop();
    const timer = heap[0];
    return timer !== undefined && timer.at <= limit ? timer : null;
  }

  // A turn of setImmediate empties the microtask queue; work that hops over macrotasks shows itself by touching us.
  async function settle(): Promise<void> {
    if (options.onlyPromises) return new Promise((resolve) => setImmediate(resolve));
    for (let quiet = 0; quiet < QUIET_TURNS; ) {
      const before = touched;
      await new Promise<void>((resolve) => setImmediate(resolve));
      quiet = touched === before ? quiet + 1 : 0;
    }
  }

  async function step(limit: number): Promise<boolean> {
    const timer = next(limit);
    if (timer === null) return false;
    pop();
    live -= 1;
    timer.cancelled = true;
    time = Math.max(time, timer.at);
    timer.fn();
    await settle();
    return true;
  }

  async function runTo(limit: number): Promise<void> {
    await settle();
    while (await step(limit));
    time = Math.max(time, limit);
  }

  async function runUntil(until: (() => boolean | Promise<boolean>) | number, maxMs = Number.POSITIVE_INFINITY) {
    const limit = time + maxMs;
    if (typeof until === 'number') {
      if (until > limit) throw new Error(`runUntil: ${until} lies more than ${maxMs} ms ahead`);
      return runTo(until);
    }
    await settle();
    while (!(await until())) {
      if (!(await step(limit)))
        throw new Error(`runUntil: not reached by ${new Date(time).toISOString()}, ${live} timers wait`);
    }
  }

  async function drive<T>(promise: Promise<T>, maxMs = 120_000): Promise<T> {
    let ended = false;
    const end = () => {
      ended = true;
    };
    promise.then(end, end);
    await runUntil(() => ended, maxMs);
    return promise;
  }

  return {
    now: () => time + clockSet,
    elapsed: () => time - options.start,
    setClock(ms) {
      clockSet += ms;
    },
    setTimer(ms, fn) {
      touched += 1;
      live += 1;
      order += 1;
      const timer: Timer = { at: time + Math.max(0, ms), order, fn, cancelled: false };
      push(timer);
      return () => {
        if (timer.cancelled) return;
        timer.cancelled = true;
        // It stays in the heap until it is due, and must not keep what it would have seen: a call's time limit, the answer.
        timer.fn = nothing;
        live -= 1;
        touched += 1;
      };
    },
    random,
    randomBytes(count) {
      const bytes = Buffer.alloc(count);
      for (let i = 0; i < count; i += 1) bytes[i] = Math.floor(random() * 256);
      return bytes;
    },
    fetch: () => Promise.reject(new TypeError('no fetch is set in this virtual runtime')),
    advance: (ms) => runTo(time + ms),
    settle,
    pendingTimers: () => live,
    runUntil,
    drive,
  };
}
