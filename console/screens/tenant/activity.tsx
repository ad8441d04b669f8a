import { useState } from 'preact/hooks';
import { get, ofTenant, query } from '../../lib/api.ts';
import { useNow } from '../../lib/now.ts';
import { usePaged } from '../../lib/paged.ts';
import { useTexts } from '../../lib/texts.ts';
import type { ActivityLine } from '../../lib/types.ts';
import { Empty, LinkButton, Loading, Panel } from '../../parts/basic.tsx';
import { SelectField, TextField } from '../../parts/field.tsx';
import { ActivityLines } from '../../parts/lines.tsx';
import { More } from '../../parts/more.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';
import type { Key } from '../../texts/en.ts';
import type { TenantProps } from '../tenant.tsx';

const ACTIONS = [
  'created',
  'updated',
  'linked',
  'not-written',
  'conflict',
  'failed',
  'connection',
  'settings',
] as const;
const ENTITIES = ['customer', 'article', 'delivery', 'tenant'] as const;
const EVERY_MS = 5_000;

/** A day of the viewer's own zone as its first moment. */
const startOf = (day: string, daysLater = 0): number | undefined => {
  const [year, month, date] = day.split('-').map(Number);
  if (year === undefined || month === undefined || date === undefined || day === '') return undefined;
  return new Date(year, month - 1, date + daysLater).getTime();
};

/** Everything that was done, or not, and why (B2). */
export function ActivityScreen({ tenant }: TenantProps) {
  const { t } = useTexts();
  const now = useNow();
  const [action, setAction] = useState('');
  const [entity, setEntity] = useState('');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const filter = { action, entity, from: startOf(from), to: startOf(to, 1) };
  const list = usePaged<ActivityLine>(
    `activity ${tenant.id} ${JSON.stringify(filter)}`,
    (cursor, signal) => get(ofTenant(tenant.id, `/activity${query({ ...filter, cursor })}`), signal),
    EVERY_MS,
  );
  const any = { value: '', text: t('any') };
  return (
    <Panel
      title={t('tab.activity')}
      actions={<LinkButton href={ofTenant(tenant.id, `/activity.csv${query(filter)}`)}>{t('activity.csv')}</LinkButton>}
    >
      <div class="filters">
        <SelectField
          label={t('activity.action')}
          value={action}
          onChange={setAction}
          options={[any, ...ACTIONS.map((value) => ({ value, text: t(`action.${value}`) }))]}
        />
        <SelectField
          label={t('activity.entity')}
          value={entity}
          onChange={setEntity}
          options={[any, ...ENTITIES.map((value) => ({ value, text: t(`entity.${value}` as Key) }))]}
        />
        <TextField label={t('activity.from')} type="date" value={from} onInput={setFrom} />
        <TextField label={t('activity.to')} type="date" value={to} onInput={setTo} />
      </div>
      <ProblemNotice problem={list.problem} retry={list.reload} />
      {list.items === undefined ? (
        list.problem === null && <Loading />
      ) : list.items.length === 0 ? (
        <Empty icon="search" title={t('activity.noMatch')} />
      ) : (
        <ActivityLines tenant={tenant.id} lines={list.items} now={now} />
      )}
      <More list={list} />
    </Panel>
  );
}
