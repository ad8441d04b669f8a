import type { Command } from 'commander';
import { type Context, findTenant } from '../context.ts';
import { EXIT } from '../exit.ts';
import type { Check } from '../views.ts';

const WORD = { fault: 'FAULT  ', warning: 'warning', note: 'ok     ' } as const;

/** One line an item, its remedy under it. */
export const checkText = ({ items }: Check): string =>
  items
    .map(({ level, message, remedy }) => `${WORD[level]}  ${message}${remedy === null ? '' : `\n         ${remedy}`}`)
    .join('\n');

/** `check`: the connection check. */
export function checkCommand(program: Command, context: () => Context): void {
  program
    .command('check <tenant>')
    .description('try everything that the connection needs; writes nothing (exit 1: a fault)')
    .action(async (wanted: string) => {
      const { api: open, answer, end } = context();
      const api = await open();
      const { id } = await findTenant(api, wanted);
      const check = await api.call<Check>('POST', `/tenants/${id}/check`);
      answer(check, () => checkText(check));
      if (!check.ok) end(EXIT.bad);
    });
}
