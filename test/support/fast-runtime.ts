import { type Runtime, systemRuntime } from '../../src/runtime.ts';

/**
 * The real clock, timers and sockets, but time goes `factor` times as fast: a time-out of 20 s takes half a second at 40. For tests over
 * real sockets, which have no virtual time. A machine that stands still for a moment stands still for `factor` of them.
 */
export function fastRuntime(factor: number): Runtime {
  const system = systemRuntime();
  const start = Date.now();
  const begun = performance.now();
  return {
    ...system,
    now: () => Math.round(start + (performance.now() - begun) * factor),
    elapsed: () => (performance.now() - begun) * factor,
    setTimer: (ms, fn) => system.setTimer(Math.ceil(ms / factor), fn),
  };
}
