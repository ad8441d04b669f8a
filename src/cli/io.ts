import type { Runtime } from '../runtime.ts';

/** Everything that a command touches, passed in. */
export interface Io {
  readonly runtime: Runtime;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The answer. */
  out(text: string): void;
  /** Progress, questions and faults: never part of an answer. */
  err(text: string): void;
  /** Whether `err` is a terminal: a progress bar moves there, elsewhere plain lines are written. */
  readonly isTerminal: boolean;
  /** Asks for one line; of a secret nothing is shown. Raises CliError when nobody can be asked. */
  ask(question: string, secret: boolean): Promise<string>;
  /** All of standard input. */
  readInput(): Promise<string>;
  /** The file's text and its mode, null when there is none. */
  readFile(path: string): Promise<{ text: string; mode: number } | null>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}
