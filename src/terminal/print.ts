/** What a tour or a command says, and where. */
export interface Printer {
  step(title: string): void;
  line(text: string): void;
  /** A line that replaces the one before it on a terminal; a log gets a line of its own when the milestone is higher. */
  progress(text: string, milestone: number): void;
  /** Ends a replaced line, so that what follows starts on its own. */
  settle(): void;
}

/** Writes to `out`, e.g. process.stdout. `isTerminal` false: no cursor movement, so that a log stays readable. */
export function createPrinter(out: { write(text: string): unknown }, isTerminal: boolean, indent = '   '): Printer {
  let steps = 0;
  let replaced = '';
  let passed = Number.NEGATIVE_INFINITY;
  const settle = () => {
    if (replaced !== '' && isTerminal) out.write('\n');
    replaced = '';
    passed = Number.NEGATIVE_INFINITY;
  };
  return {
    step(title) {
      settle();
      steps += 1;
      out.write(`\n${steps}. ${title}\n`);
    },
    line(text) {
      settle();
      out.write(`${indent}${text}\n`);
    },
    progress(text, milestone) {
      if (isTerminal ? text === replaced : milestone <= passed) return;
      out.write(isTerminal ? `\r\u001b[2K${indent}${text}` : `${indent}${text}\n`);
      replaced = text;
      passed = milestone;
    },
    settle,
  };
}

/** `done` of `total` as a bar of 24 characters. A total of 0 is complete. */
export function bar(done: number, total: number): string {
  const width = 24;
  const filled = total <= 0 ? width : Math.min(width, Math.floor((done / total) * width));
  return `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}]`;
}

/** Milliseconds as seconds with one decimal. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
