import type { Runtime } from '../../runtime.ts';
import type { OpenSocket } from '../../stream/socket.ts';
import type { FortnoxStream, StreamDoor } from './stream.ts';

/**
 * Opens connections to the stand-in's stream without sockets, for virtual time: what is sent takes `delayMs` on its way.
 * `reachable` false: nothing opens.
 */
export function inProcessStream(
  stream: Pick<FortnoxStream, 'connect'>,
  runtime: Pick<Runtime, 'setTimer'>,
  options: { delayMs?: number; reachable?: () => boolean } = {},
): OpenSocket {
  const { delayMs = 10, reachable = () => true } = options;
  const travel = (fn: () => void): void => void runtime.setTimer(delayMs, fn);

  return (_url, listener) => {
    let door: StreamDoor | null = null;
    let isOpen = true;
    let held = false;
    let waiting: (() => void)[] = [];
    const arrive = (fn: () => void) => {
      if (!isOpen) return;
      if (held) waiting.push(fn);
      else fn();
    };
    function end(why: string): void {
      if (!isOpen) return;
      isOpen = false;
      door?.closed();
      travel(() => listener.closed(why));
    }
    travel(() => {
      if (!isOpen) return;
      if (!reachable()) return end('unreachable');
      door = stream.connect({
        send: (text) => travel(() => arrive(() => listener.received(text))),
        close: () => end('dropped'),
      });
      listener.opened();
    });
    return {
      send: (text) => travel(() => isOpen && door?.received(text)),
      ping: () => travel(() => isOpen && door?.pinged() && travel(() => arrive(listener.ponged))),
      hold(on) {
        held = on;
        if (on) return;
        const late = waiting;
        waiting = [];
        for (const fn of late) arrive(fn);
      },
      close: () => end('closed'),
    };
  };
}
