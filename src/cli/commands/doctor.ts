import type { Command } from 'commander';
import { type Context, table } from '../context.ts';
import { examine } from '../doctor.ts';
import { EXIT } from '../exit.ts';

const WORD = { ok: 'ok     ', warning: 'warning', fault: 'FAULT  ' } as const;

/** `doctor`: what keeps the service from running, or from running well. */
export function doctorCommand(program: Command, context: () => Context): void {
  program
    .command('doctor')
    .description(
      "configuration, store, vendors, clock, service: run it on the service's machine with its environment (exit 1: a fault)",
    )
    .action(async () => {
      const { io, access, answer, end } = context();
      const findings = await examine(io, access);
      answer(findings, () =>
        table(
          ['', 'WHAT', 'FOUND'],
          findings.flatMap(({ level, what, message, remedy }) => [
            [WORD[level], what, message],
            ...(remedy === null ? [] : [['', '', `  ${remedy}`]]),
          ]),
        ),
      );
      if (findings.some(({ level }) => level === 'fault')) end(EXIT.bad);
    });
}
