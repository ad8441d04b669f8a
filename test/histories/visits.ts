import type { VirtualRuntime } from '../support/virtual-runtime.ts';
import type { Chances } from './prng.ts';

/** When somebody comes again, until they are gone. */
export function createVisits(runtime: Pick<VirtualRuntime, 'setTimer'>, chances: Chances) {
  let isOver = false;
  return {
    /** Acts a second or more from now. */
    later(longestMs: number, act: () => Promise<void>): void {
      runtime.setTimer(1_000 + chances.below(longestMs), () => {
        if (!isOver) void act();
      });
    },
    end(): void {
      isOver = true;
    },
  };
}
