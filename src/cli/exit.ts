/** What the process ends with: scripts go by it, so it is part of the interface. */
export const EXIT = {
  ok: 0,
  /** The command worked, and what it found is not good: a check with faults, failed records, an import that failed. */
  bad: 1,
  /** It was called wrongly, or a setting of the command itself is wrong. */
  usage: 2,
  /** The token is missing, unknown, or may not do this. */
  denied: 3,
  /** The service does not answer. */
  unreachable: 4,
  /** The service refuses: the tenant is unknown, the data does not fit, something else must be done first. */
  refused: 5,
  /** The service failed, or a vendor behind it. */
  failed: 6,
  interrupted: 130,
} as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with a sentence that says what to do. */
export class CliError extends Error {
  readonly exit: Exit;
  /** The service's problem document, when there is one. */
  readonly problem: object | undefined;
  constructor(exit: Exit, message: string, problem?: object) {
    super(message);
    this.name = 'CliError';
    this.exit = exit;
    this.problem = problem;
  }
}
