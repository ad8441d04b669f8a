import type { Ending } from './judge.ts';
import type { Deed } from './people/scene.ts';
import type { World } from './world.ts';

/** What happened, line by line, for a reader of a failing seed. */
export function tell(world: World, ending: Ending, deeds: readonly Deed[]): string {
  const rows: { at: number; text: string }[] = [
    ...ending.edits.map((one) => ({
      at: one.at,
      text: `person  ${one.side} ${one.id}${one.isNew ? ' new' : ''} ${JSON.stringify(one.typed)}`,
    })),
    ...deeds.map(({ at, text }) => ({ at, text: `person  ${text}` })),
    ...[...ending.writes.webcrm, ...ending.writes.fortnox].map((one) => ({
      at: one.at,
      text: `service ${one.side} customer ${one.id} ${one.method} ${JSON.stringify(one.fields)}`,
    })),
    ...ending.documentWrites.map((one) => ({
      at: one.at,
      text: `service fortnox ${one.kind} ${one.number} ${one.method} ${JSON.stringify(one.body)}`,
    })),
    ...(['deliveryWrites', 'lineWrites', 'itemWrites'] as const).flatMap((what) =>
      ending[what].map((one) => ({
        at: one.at,
        text: `service webcrm ${what.replace('Writes', '')} ${one.id} ${one.method} ${JSON.stringify(one.fields)}`,
      })),
    ),
    ...ending.activity.map((one) => ({
      at: one.at,
      text: `log     ${one.entity} ${one.webcrmId}/${one.fortnoxId} ${one.action} ${one.reasons.join(',')} lost ${JSON.stringify(one.lost)}`,
    })),
  ];
  const started = Math.min(...rows.map(({ at }) => at));
  rows.sort((a, b) => a.at - b.at);
  const { numberOwner, conflictPolicy, organisationAddressIs, documentMode, documents, articles } = world.settings;
  return [
    JSON.stringify({ numberOwner, conflictPolicy, organisationAddressIs, documentMode, documents, articles }),
    JSON.stringify({ ...world.switches, accountingMethod: world.fortnox.accountingMethod }),
    ...rows.map((row) => `${String(row.at - started).padStart(9)} ms  ${row.text}`),
    ...world.logged.map((line) => line.text),
  ].join('\n');
}
