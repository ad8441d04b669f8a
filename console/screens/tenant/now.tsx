import { get, ofTenant, post, query } from '../../lib/api.ts';
import { formats } from '../../lib/format.ts';
import { useLiveActivity } from '../../lib/live.ts';
import { useAction, useLoad } from '../../lib/load.ts';
import { useNow } from '../../lib/now.ts';
import { to } from '../../lib/route.ts';
import { useTexts } from '../../lib/texts.ts';
import type { History, ImportRun, Page } from '../../lib/types.ts';
import { Button, Empty, LinkButton, Loading, Notice, Panel } from '../../parts/basic.tsx';
import { Chart, Meter } from '../../parts/chart.tsx';
import { ActivityLines } from '../../parts/lines.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';
import type { TenantProps } from '../tenant.tsx';
import { ImportProgress } from './import-progress.tsx';
import { PausesPanel, partsText } from './pauses.tsx';

const HISTORY_MS = 30_000;
const IMPORT_MS = 3_000;
const ACTIVE = ['listing', 'comparing', 'running'];

/** What a tenant does now, and what it waits for. */
export function NowScreen(props: TenantProps) {
  const { tenant } = props;
  const texts = useTexts();
  const { t } = texts;
  const now = useNow();
  const live = useLiveActivity(tenant.id);
  const imports = useLoad(
    `imports ${tenant.id}`,
    (signal) => get<Page<ImportRun>>(ofTenant(tenant.id, `/imports${query({ limit: 1 })}`), signal),
    IMPORT_MS,
  );
  const active = imports.data?.items.find(({ state }) => ACTIVE.includes(state) || state === 'ready');
  return (
    <>
      <ToDo {...props} />
      {active !== undefined && (
        <Panel
          title={t('imports.present')}
          actions={<LinkButton href={to('t', tenant.id, 'imports', active.id)}>{t('imports.see')}</LinkButton>}
        >
          <ImportProgress run={active} />
        </Panel>
      )}
      <Figures {...props} />
      {tenant.state !== 'new' && <PausesPanel {...props} />}
      <div class="columns">
        <Charts {...props} />
        <Panel
          title={t('activity.live')}
          actions={<LinkButton href={to('t', tenant.id, 'activity')}>{t('activity.all')}</LinkButton>}
        >
          <ProblemNotice problem={live.problem} />
          {live.lines === undefined ? (
            <Loading />
          ) : live.lines.length === 0 ? (
            <Empty icon="wait" title={t('activity.none')}>
              <p>{t('activity.noneText')}</p>
            </Empty>
          ) : (
            <ActivityLines tenant={tenant.id} lines={live.lines} now={now} fresh={live.fresh} />
          )}
        </Panel>
      </div>
    </>
  );
}

/** What a person has to do, most urgent first; nothing when all is well. */
function ToDo({ tenant, status, reload }: TenantProps) {
  const texts = useTexts();
  const { t, count, error } = texts;
  const release = useAction(async () => {
    await post(ofTenant(tenant.id, '/release'));
    await reload();
  });
  const conflicts = status.pairs.conflict ?? 0;
  const isBroken = tenant.state === 'paused' && tenant.pausedReason !== 'by-hand';
  return (
    <div class="stack">
      {tenant.state === 'new' && (
        <Notice
          tone="info"
          icon="info"
          title={t('todo.setup')}
          actions={
            <LinkButton kind="main" href={to('t', tenant.id, 'connect')}>
              {t('tenant.connect')}
            </LinkButton>
          }
        >
          <p>{t('todo.setupText')}</p>
        </Notice>
      )}
      {isBroken && (
        <Notice
          tone="bad"
          icon="bad"
          title={error(tenant.pausedReason ?? '') ?? t('todo.broken')}
          actions={
            <LinkButton kind="main" href={to('t', tenant.id, 'connect', 'webcrm')}>
              {t('todo.reconnect')}
            </LinkButton>
          }
        >
          <p>{t('todo.brokenText')}</p>
        </Notice>
      )}
      {tenant.state === 'paused' && !isBroken && (
        <Notice tone="quiet" icon="pause" title={t('todo.paused')}>
          <p>{t('todo.pausedText')}</p>
        </Notice>
      )}
      {status.pausedParts.length > 0 && (
        <Notice tone="quiet" icon="pause" title={t('todo.parts')}>
          <p>{t('todo.partsText', { parts: partsText(texts, status.pausedParts) })}</p>
        </Notice>
      )}
      {status.hold !== null && (
        <Notice
          tone="bad"
          icon="person"
          title={t(status.hold.why === 'long-stop' ? 'todo.heldStop' : 'todo.heldMany')}
          actions={
            <Button needs="operate" kind="main" busy={release.busy} onClick={release.run}>
              {t('todo.release')}
            </Button>
          }
        >
          <p>{t('todo.heldText', { n: status.hold.count })}</p>
        </Notice>
      )}
      <ProblemNotice problem={release.problem} />
      {status.jobs.dead > 0 && (
        <Notice
          tone="bad"
          icon="warn"
          title={count('todo.failed', status.jobs.dead)}
          actions={<LinkButton href={to('t', tenant.id, 'failed')}>{t('todo.see')}</LinkButton>}
        >
          <p>{t('todo.failedText')}</p>
        </Notice>
      )}
      {conflicts > 0 && (
        <Notice
          tone="warn"
          icon="person"
          title={count('todo.decide', conflicts)}
          actions={<LinkButton href={to('t', tenant.id, 'person')}>{t('todo.see')}</LinkButton>}
        >
          <p>{t('todo.decideText')}</p>
        </Notice>
      )}
      {tenant.state === 'connected' && status.notifications.notifications === 'poll' && (
        <Notice tone="info" icon="info" title={t('todo.poll')}>
          <p>{status.notifications.message ?? t('todo.pollText')}</p>
        </Notice>
      )}
    </div>
  );
}

function Figures({ status }: TenantProps) {
  const texts = useTexts();
  const { t, number } = texts;
  const { duration, percent } = formats(texts);
  const linked = (entity: 'customer' | 'article' | 'delivery') => status.pairsByEntity[entity].linked ?? 0;
  return (
    <dl class="figures">
      <div>
        <dt>{t('lateness')}</dt>
        <dd>{status.latenessMs < 1000 ? t('none') : duration(status.latenessMs)}</dd>
      </div>
      <div>
        <dt>{t('waiting')}</dt>
        <dd>{number(status.jobs.waiting + status.jobs.running)}</dd>
      </div>
      {(['customer', 'article', 'delivery'] as const).map((entity) => (
        <div key={entity}>
          <dt>{t(`figures.${entity}`)}</dt>
          <dd>{number(linked(entity))}</dd>
        </div>
      ))}
      <div class="wide">
        <dt>{t('budgets')}</dt>
        <dd class="meters">
          {(['webcrm', 'fortnox'] as const).map((side) => {
            const { inWindow, limit, windowMs } = status.budgets[side];
            return (
              <Meter
                key={side}
                part={inWindow / limit}
                label={t('budget.of', { side: t(side), part: percent(inWindow / limit) })}
                text={t('budget.text', { side: t(side), used: inWindow, limit, window: duration(windowMs) })}
              />
            );
          })}
        </dd>
      </div>
    </dl>
  );
}

const THROUGHPUT = [
  ['created', 'one'],
  ['updated', 'two'],
  ['linked', 'three'],
  ['failed', 'bad'],
] as const;

function Charts({ tenant }: TenantProps) {
  const texts = useTexts();
  const { t, number } = texts;
  const { duration, full } = formats(texts);
  const { data, problem, reload } = useLoad(
    `history ${tenant.id}`,
    (signal) => get<History>(ofTenant(tenant.id, '/history?hours=24'), signal),
    HISTORY_MS,
  );
  if (data === undefined)
    return (
      <Panel title={t('charts')}>
        {problem === null ? <Loading /> : <ProblemNotice problem={problem} retry={reload} />}
      </Panel>
    );

  const { activity, figures, from, to: until } = data;
  const hours = Math.ceil((until - from) / activity.stepMs);
  const counted = (action: string) => {
    const values = new Array<number>(hours).fill(0);
    for (const one of activity.items)
      if (one.action === action) {
        const at = Math.floor((one.at - from) / activity.stepMs);
        values[at] = (values[at] ?? 0) + one.count;
      }
    return values;
  };
  // Five minutes a bar would be a hair: half an hour is drawn, the greatest of its steps.
  const drawnMs = figures.stepMs * 6;
  const steps = Math.ceil((until - from) / drawnMs);
  const greatest = (read: (one: History['figures']['items'][number]) => number) => {
    const values = new Array<number>(steps).fill(0);
    for (const one of figures.items) {
      const at = Math.floor((one.at - from) / drawnMs);
      if (at >= 0 && at < steps) values[at] = Math.max(values[at] ?? 0, read(one));
    }
    return values;
  };
  return (
    <Panel title={t('charts')}>
      <ProblemNotice problem={problem} />
      <Chart
        title={t('chart.throughput')}
        from={from}
        stepMs={activity.stepMs}
        series={THROUGHPUT.map(([action, tone]) => ({ name: t(`action.${action}`), tone, values: counted(action) }))}
        show={number}
      />
      <Chart
        title={t('chart.lateness')}
        from={from}
        stepMs={drawnMs}
        series={[{ name: t('chart.latest'), tone: 'two', values: greatest((one) => one.latenessMs / 1000) }]}
        show={(seconds) =>
          seconds < 1 && seconds > 0 ? `${number(Math.round(seconds * 1000))} ms` : duration(seconds * 1000)
        }
      />
      <Chart
        title={t('chart.budget')}
        from={from}
        stepMs={drawnMs}
        stacked={false}
        series={(['webcrm', 'fortnox'] as const).map((side, at) => ({
          name: t(side),
          tone: at === 0 ? 'one' : 'three',
          values: greatest((one) => (100 * one.calls[side]) / data.perStep[side]),
        }))}
        limit={{ value: 100, name: t('chart.limit') }}
        show={(percent) => `${number(Math.round(percent * 10) / 10)} %`}
      />
      <p class="quiet">{t('chart.since', { time: full(figures.since) })}</p>
    </Panel>
  );
}
