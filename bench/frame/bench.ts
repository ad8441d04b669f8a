/** What a figure must reach. */
export interface Goal {
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** One measured value. Without a goal it is only reported. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: Goal;
}

export interface BenchOptions {
  /** False: the short form, seconds instead of minutes. */
  readonly full: boolean;
  /** Of everything that is drawn by chance: the same seed gives the same run in virtual time. */
  readonly seed: number;
}

export interface Bench {
  readonly name: string;
  /** One line: what is measured, and how. */
  readonly about: string;
  /** `virtual`: counted in simulated time, so that the machine changes nothing but the waiting. `real`: of this machine. */
  readonly clock: 'virtual' | 'real';
  /** Raises when it could not be measured; a missed goal is no error. */
  run(options: BenchOptions): Promise<readonly Figure[]>;
}

export const isMet = ({ value, goal }: Pick<Figure, 'value' | 'goal'>): boolean =>
  goal === undefined || (value <= (goal.atMost ?? value) && value >= (goal.atLeast ?? value));
