import { ofTenant, post } from '../../lib/api.ts';
import { formats } from '../../lib/format.ts';
import { useAction } from '../../lib/load.ts';
import { type Texts, useTexts } from '../../lib/texts.ts';
import type { Status } from '../../lib/types.ts';
import { Panel, Switch } from '../../parts/basic.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';
import type { Key } from '../../texts/en.ts';
import type { TenantProps } from '../tenant.tsx';

type Part = Pick<Status['pausedParts'][number], 'entity' | 'to'>;

/** What may be paused by itself, in the order in which it is worked. */
const PARTS = [
  { entity: 'article', to: 'webcrm' },
  { entity: 'customer', to: 'fortnox' },
  { entity: 'customer', to: 'webcrm' },
  { entity: 'delivery', to: 'fortnox' },
  { entity: 'delivery', to: 'webcrm' },
] as const satisfies readonly Part[];

/** "Customers to Fortnox, Articles to webCRM". */
export const partsText = ({ t }: Pick<Texts, 't'>, parts: readonly Part[]): string =>
  PARTS.filter((part) => parts.some((one) => isSamePart(one, part)))
    .map(({ entity, to }) => t(`pauses.${entity}.${to}` as Key))
    .join(', ');

const isSamePart = (one: Part, other: Part): boolean => one.entity === other.entity && one.to === other.to;

/** A switch for each kind of record towards each side: on, it is written. */
export function PausesPanel({ tenant, status, reload }: TenantProps) {
  const texts = useTexts();
  const { t, count } = texts;
  const { full } = formats(texts);
  const change = useAction(async (part: Part, on: boolean) => {
    await post(ofTenant(tenant.id, on ? '/resume' : '/pause'), part);
    await reload();
  });
  return (
    <Panel title={t('pauses')}>
      <p class="quiet">{t('pauses.text')}</p>
      <ProblemNotice problem={change.problem} />
      <ul class="switches">
        {PARTS.map((part) => {
          const paused = status.pausedParts.find((one) => isSamePart(one, part));
          return (
            <li key={`${part.entity} ${part.to}`}>
              <Switch
                on={paused === undefined}
                disabled={change.busy}
                needs="operate"
                onChange={(on) => change.run(part, on)}
                label={t(`pauses.${part.entity}.${part.to}` as Key)}
              />
              {paused !== undefined && (
                <p class="quiet">
                  {t('pauses.since', { time: full(paused.since) })} {count('pauses.waiting', paused.waiting)}
                </p>
              )}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
