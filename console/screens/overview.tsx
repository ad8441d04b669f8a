import { useState } from 'preact/hooks';
import { get, query } from '../lib/api.ts';
import { ATTENTION, ATTENTION_LOOK, attentionOf, byAttention } from '../lib/attention.ts';
import { formats } from '../lib/format.ts';
import { useLoad } from '../lib/load.ts';
import { useMay } from '../lib/role.ts';
import { to } from '../lib/route.ts';
import { useTexts } from '../lib/texts.ts';
import type { OverviewItem, Page } from '../lib/types.ts';
import { Badge, Empty, LinkButton, Loading } from '../parts/basic.tsx';
import { Meter } from '../parts/chart.tsx';
import { TextField } from '../parts/field.tsx';
import { Heading } from '../parts/page.tsx';
import { ProblemNotice } from '../parts/problem.tsx';

const EVERY_MS = 10_000;
/** Five pages of 200: beyond, the list says that there are more. */
const MOST_PAGES = 5;
const FILTER_FROM = 8;

async function readAll(signal: AbortSignal): Promise<{ items: OverviewItem[]; more: boolean }> {
  const items: OverviewItem[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const part: Page<OverviewItem> = await get(
      `/api/overview${query({ limit: 200, cursor: cursor ?? undefined })}`,
      signal,
    );
    items.push(...part.items);
    cursor = part.next;
    if (cursor === null) break;
  }
  return { items: items.sort(byAttention), more: cursor !== null };
}

/** Every tenant at a glance: what needs attention stands first. */
export function Overview() {
  const texts = useTexts();
  const { t, count } = texts;
  const mayAdd = useMay('administer');
  const { data, problem, reload } = useLoad('overview', readAll, EVERY_MS);
  const [wanted, setWanted] = useState('');
  const shown = data?.items.filter(({ name }) => name.toLowerCase().includes(wanted.trim().toLowerCase())) ?? [];
  const tally = ATTENTION.map((attention) => ({
    attention,
    n: data?.items.filter(({ health }) => attentionOf(health) === attention).length ?? 0,
  })).filter(({ n }) => n > 0);

  return (
    <>
      <Heading
        title={t('overview.title')}
        actions={
          mayAdd && (
            <LinkButton href={to('new')} icon="plus" kind="main">
              {t('overview.add')}
            </LinkButton>
          )
        }
      />
      <ProblemNotice problem={problem} retry={reload} />
      {data === undefined ? (
        problem === null && <Loading />
      ) : data.items.length === 0 ? (
        <Empty icon="sync" title={t('overview.empty')}>
          <p>{t('overview.emptyText')}</p>
          {mayAdd && (
            <LinkButton href={to('new')} icon="plus" kind="main">
              {t('overview.add')}
            </LinkButton>
          )}
        </Empty>
      ) : (
        <>
          <ul class="tally">
            {tally.map(({ attention, n }) => {
              const { tone, icon, text } = ATTENTION_LOOK[attention];
              return (
                <li key={attention}>
                  <Badge tone={tone} icon={icon}>
                    {t(text)}: {texts.number(n)}
                  </Badge>
                </li>
              );
            })}
          </ul>
          {data.items.length >= FILTER_FROM && (
            <TextField type="search" label={t('overview.filter')} value={wanted} onInput={setWanted} />
          )}
          <Tenants items={shown} />
          {shown.length === 0 && <Empty icon="search" title={t('overview.none', { wanted })} />}
          {data.more && <p class="quiet">{t('overview.more')}</p>}
          <p class="quiet">{count('overview.count', data.items.length)}</p>
        </>
      )}
    </>
  );
}

function Tenants({ items }: { items: readonly OverviewItem[] }) {
  const texts = useTexts();
  const { t, number } = texts;
  const { duration, percent } = formats(texts);
  if (items.length === 0) return null;
  return (
    <div class="panel flush">
      <table class="cards">
        <caption class="unseen">{t('overview.title')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('tenant')}</th>
            <th scope="col">{t('status')}</th>
            <th scope="col" class="number">
              {t('lateness')}
            </th>
            <th scope="col" class="number">
              {t('waiting')}
            </th>
            <th scope="col" class="number">
              {t('failed')}
            </th>
            <th scope="col" class="number">
              {t('needsPerson')}
            </th>
            <th scope="col">{t('budgets')}</th>
            <th scope="col">{t('connection')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ id, name, health, credentials }) => {
            const attention = attentionOf(health);
            const { tone, icon, text } = ATTENTION_LOOK[attention];
            const conflicts = health.pairs.conflict ?? 0;
            const zero = (n: number) => (n === 0 ? 'number zero' : 'number');
            return (
              <tr key={id}>
                <th scope="row">
                  <a href={attention === 'setup' ? to('t', id, 'connect') : to('t', id)}>{name}</a>
                </th>
                <td data-label={t('status')}>
                  <Badge tone={tone} icon={icon}>
                    {t(text)}
                  </Badge>
                </td>
                <td data-label={t('lateness')} class={zero(health.latenessMs < 1000 ? 0 : 1)}>
                  {health.latenessMs < 1000 ? t('none') : duration(health.latenessMs)}
                </td>
                <td data-label={t('waiting')} class={zero(health.jobs.waiting + health.jobs.running)}>
                  {number(health.jobs.waiting + health.jobs.running)}
                </td>
                <td data-label={t('failed')} class={zero(health.jobs.dead)}>
                  {health.jobs.dead === 0 ? number(0) : <a href={to('t', id, 'failed')}>{number(health.jobs.dead)}</a>}
                </td>
                <td data-label={t('needsPerson')} class={zero(conflicts)}>
                  {conflicts === 0 ? number(0) : <a href={to('t', id, 'person')}>{number(conflicts)}</a>}
                </td>
                <td data-label={t('budgets')}>
                  <span class="meters">
                    {(['webcrm', 'fortnox'] as const).map((side) => {
                      const { inWindow, limit } = health.budgets[side];
                      return (
                        <Meter
                          key={side}
                          part={inWindow / limit}
                          label={t('budget.of', { side: t(side), part: percent(inWindow / limit) })}
                          text={`${t(side)} ${percent(inWindow / limit)}`}
                        />
                      );
                    })}
                  </span>
                </td>
                <td data-label={t('connection')}>
                  <Connection health={health} credentials={credentials} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Connection({ health, credentials }: Pick<OverviewItem, 'health' | 'credentials'>) {
  const { t, error } = useTexts();
  if (health.state === 'removing') return <span class="quiet">{t('connection.removing')}</span>;
  if (!credentials.webcrm || !credentials.fortnox) {
    const missing = (['webcrm', 'fortnox'] as const).filter((side) => !credentials[side]).map((side) => t(side));
    return <span class="quiet">{t('connection.missing', { sides: missing.join(', ') })}</span>;
  }
  if (health.state === 'paused' && health.pausedReason !== 'by-hand' && health.pausedReason !== null)
    return <span>{error(health.pausedReason) ?? t('attention.broken')}</span>;
  if (health.state === 'new') return <span class="quiet">{t('connection.ready')}</span>;
  return <span>{health.notifications.notifications === 'stream' ? t('connection.stream') : t('connection.poll')}</span>;
}
