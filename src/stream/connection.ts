import { SyncError } from '../errors/sync-error.ts';
import type { Runtime } from '../runtime.ts';
import { createMutex } from '../vendors/mutex.ts';
import { readAnswer, type StreamAnswer, type StreamCommand } from './commands.ts';
import type { OpenSocket } from './socket.ts';

const OPENS_WITHIN_MS = 15_000;
const ANSWERS_WITHIN_MS = 30_000;
/** Fortnox says nothing of keeping alive; one client pings so (fortnox.md 6.2). */
export const PING_EVERY_MS = 30_000;
export const PONG_WITHIN_MS = 10_000;

export interface StreamConnection {
  /** Raises `vendor-unreachable` when the connection ends first, or no answer comes in 30 s, which ends it. */
  ask(command: StreamCommand): Promise<StreamAnswer>;
  /** While true nothing arrives: what came is not worked off yet. */
  hold(on: boolean): void;
  /** Ends it at once. May be called twice. */
  close(why: string): void;
  /** Why it ended. */
  readonly ended: Promise<string>;
}

const lost = (why: string) =>
  new SyncError('vendor-unreachable', `The connection to Fortnox's notifications ended: ${why}.`);

function parse(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    // Counted by the caller as an unreadable message.
    return null;
  }
}

/**
 * Opens one connection and resolves when it stands; raises `vendor-unreachable` when it does not in 15 s or `signal` is
 * aborted, which ends it at any time. A connection that goes silent is noticed by pings and ended.
 */
export function openConnection(deps: {
  runtime: Pick<Runtime, 'setTimer'>;
  open: OpenSocket;
  url: string;
  signal: AbortSignal;
  onEvent: (message: object) => void;
  onUnreadable: () => void;
}): Promise<StreamConnection> {
  const { runtime, signal } = deps;
  const inTurn = createMutex();
  let ended = false;
  let held = false;
  let cancelTimer = () => {};
  let pending: { name: string; resolve(answer: StreamAnswer): void; reject(error: Error): void } | null = null;
  let tellEnd: (why: string) => void = () => {};
  const end = new Promise<string>((resolve) => {
    tellEnd = resolve;
  });

  return new Promise((resolve, reject) => {
    function timer(ms: number, fn: () => void): void {
      cancelTimer();
      cancelTimer = runtime.setTimer(ms, fn);
    }
    function close(why: string): void {
      if (ended) return;
      ended = true;
      cancelTimer();
      signal.removeEventListener('abort', stop);
      socket.close();
      pending?.reject(lost(why));
      reject(lost(why));
      tellEnd(why);
    }
    const stop = () => close('the service stops');

    function watch(): void {
      timer(PING_EVERY_MS, () => {
        // What is held back may hold the pong.
        if (held) return watch();
        socket.ping();
        timer(PONG_WITHIN_MS, () => (held ? watch() : close(`no pong within ${PONG_WITHIN_MS / 1000} s`)));
      });
    }

    function ask(command: StreamCommand): Promise<StreamAnswer> {
      // Answers name their command and nothing else: one at a time.
      return inTurn(() => {
        if (ended) return Promise.reject(lost('it is closed'));
        return new Promise<StreamAnswer>((answered, failed) => {
          const cancel = runtime.setTimer(ANSWERS_WITHIN_MS, () => close(`no answer to ${command.command}`));
          const settle = () => {
            cancel();
            pending = null;
          };
          pending = {
            name: command.command,
            resolve(answer) {
              settle();
              answered(answer);
            },
            reject(error) {
              settle();
              failed(error);
            },
          };
          socket.send(JSON.stringify(command));
        });
      });
    }

    function received(text: string): void {
      if (ended) return;
      const message = parse(text);
      const answer = message === null ? null : readAnswer(message);
      if (message === null) deps.onUnreadable();
      else if (answer === null) deps.onEvent(message);
      else if (pending?.name === answer.response) pending.resolve(answer);
    }

    const socket = deps.open(deps.url, {
      opened() {
        if (ended) return;
        watch();
        resolve({
          ask,
          close,
          ended: end,
          hold(on) {
            if (on === held || ended) return;
            held = on;
            socket.hold(on);
          },
        });
      },
      received,
      ponged: () => void (ended || held || watch()),
      closed: close,
    });
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    timer(OPENS_WITHIN_MS, () => close(`not opened within ${OPENS_WITHIN_MS / 1000} s`));
  });
}
