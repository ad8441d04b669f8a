import { Argument, type Command } from 'commander';
import type { ExplanationView } from '../../../schemas/api-explain.ts';
import { type Context, findTenant, table } from '../context.ts';

/** `explain`: why a record is where it is. */
export function explainCommand(program: Command, context: () => Context): void {
  program
    .command('explain')
    .description('why is this record not in Fortnox, or not in webCRM? Writes nothing')
    .argument('<tenant>')
    .addArgument(new Argument('<entity>').choices(['customer', 'delivery', 'article', 'order', 'invoice']))
    .addArgument(new Argument('<side>', 'whose id it is').choices(['webcrm', 'fortnox']))
    .argument('<id>')
    .action(async (wanted: string, entity: string, side: string, id: string) => {
      const { api: open, answer } = context();
      const api = await open();
      const tenant = await findTenant(api, wanted);
      const found = await api.get<ExplanationView>(`/tenants/${tenant.id}/explain`, { entity, side, id });
      answer(found, () => textOf(found));
    });
}

const MARK = { passed: 'ok', failed: 'NO', 'not-reached': '-', 'not-asked': '-' } as const;

function textOf({ record, rules, would, next }: ExplanationView): string {
  const asked = rules.filter(({ outcome }) => outcome === 'passed' || outcome === 'failed');
  const lines = [
    `${record.entity} ${record.id} of ${record.side}${record.name === null ? '' : `: ${record.name}`}`,
    '',
    ...asked.flatMap(({ rule, says, outcome, reasons }) => [
      `${MARK[outcome]}  ${rule.padEnd(4)} ${outcome === 'passed' ? says : reasons.map(({ sentence }) => sentence).join(' ')}`,
    ]),
    '',
    `Now the service would: ${would.action}`,
  ];
  if (would.changes.length > 0)
    lines.push(
      table(
        ['WRITTEN TO', 'FIELD', 'BEFORE', 'AFTER'],
        would.changes.map(({ target, field, before, after }) => [target, field, before ?? '', after ?? '']),
      ),
    );
  return [...lines, '', `Next: ${next.sentence}`].join('\n');
}
