import { get, ofTenant, query } from '../../lib/api.ts';
import { formats } from '../../lib/format.ts';
import { useLoad } from '../../lib/load.ts';
import type { Ref } from '../../lib/names.ts';
import { useNow } from '../../lib/now.ts';
import { to } from '../../lib/route.ts';
import { useTexts } from '../../lib/texts.ts';
import type { ActivityLine, Explanation, Page } from '../../lib/types.ts';
import { Badge, Empty, Loading, Notice, Panel } from '../../parts/basic.tsx';
import { Changes } from '../../parts/changes.tsx';
import type { IconName } from '../../parts/icon.tsx';
import { ActivityLines } from '../../parts/lines.tsx';
import { Heading } from '../../parts/page.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';
import { RecordLink } from '../../parts/record-name.tsx';
import type { TenantProps } from '../tenant.tsx';
import { RecordActions } from './record-actions.tsx';
import { SideBySide } from './record-fields.tsx';
import { PAIR_LOOK } from './records.tsx';

const HISTORY_MS = 5_000;

/** One record: why it is where it is, what each side shows, what was done to it, and what a person can do (B2, B6). */
export function RecordScreen({ tenant, record, reload }: TenantProps & { record: Ref }) {
  const texts = useTexts();
  const { t, maybe } = texts;
  const path = ofTenant(tenant.id, `/explain${query({ entity: record.entity, side: record.side, id: record.id })}`);
  const explained = useLoad(path, (signal) => get<Explanation>(path, signal));
  const kind = maybe(`entity.${record.entity}`, record.entity);
  const { data, problem } = explained;
  const again = async () => {
    await Promise.all([explained.reload(), reload()]);
  };
  // One that is gone is still called as it was.
  const last = data?.fields.find(({ field }) => field === 'name');
  const name = data?.record.name ?? last?.webcrm.image ?? last?.fortnox.image;
  const title = name ?? `${kind} ${data?.record.number ?? record.id}`;
  return (
    <>
      <Heading level={2} title={title} crumbs={[{ text: t('tab.records'), href: to('t', tenant.id, 'records') }]} />
      <p class="quiet under-heading">
        {kind} {record.id} · {t(record.side)}
        {data !== undefined && ` · ${texts.count('record.reads', data.reads)}`}
      </p>
      <ProblemNotice problem={problem} retry={explained.reload} />
      {data === undefined ? (
        problem === null && <Loading />
      ) : (
        <>
          <Answer tenant={tenant.id} explanation={data} />
          <RecordActions tenant={tenant.id} explanation={data} changed={again} />
          <div class="columns">
            <Rules explanation={data} />
            <Would explanation={data} />
          </div>
          <SideBySide explanation={data} />
          <Past tenant={tenant.id} explanation={data} />
        </>
      )}
    </>
  );
}

/** The answer in a sentence: is it in step, and if not, what is to be done. */
function Answer({ tenant, explanation }: { tenant: string; explanation: Explanation }) {
  const texts = useTexts();
  const { t, maybe, reason, step } = texts;
  const { duration } = formats(texts);
  const { rules, pair, next, waitsFor, frozen } = explanation;
  const failed = rules.filter(({ outcome }) => outcome === 'failed').flatMap(({ reasons }) => reasons);
  const dead = explanation.jobs.some(({ state }) => state === 'dead');
  const frozenBy = frozen?.head ?? frozen?.rows ?? null;
  const isStuck = failed.length > 0 || dead;
  // "In step" beside what is wrong would contradict it.
  const state = pair === null || (isStuck && pair.state === 'linked') ? null : (PAIR_LOOK[pair.state] ?? null);
  return (
    <Notice
      tone={dead ? 'bad' : isStuck ? 'warn' : 'ok'}
      icon={dead ? 'bad' : isStuck ? 'warn' : 'ok'}
      title={
        <>
          {isStuck
            ? [...new Set(failed.map(({ code, sentence }) => reason(code, sentence)))].join(' ')
            : t('record.inStep')}{' '}
          {state !== null && pair !== null && (
            <Badge tone={state.tone} icon={state.icon}>
              {maybe(`pair.${pair.state}`, pair.state)}
            </Badge>
          )}
          {frozenBy !== null && (
            <Badge tone="info" icon="lock">
              {t('record.frozen')}
            </Badge>
          )}
        </>
      }
    >
      {frozenBy !== null && failed.every(({ code }) => code !== frozenBy.code) && (
        <p>{reason(frozenBy.code, frozenBy.sentence)}</p>
      )}
      <p>
        <strong>{t('record.next')}</strong> {step(next.code, next.sentence)}
      </p>
      {waitsFor !== null && (
        <p>
          {waitsFor.seconds !== null && t('record.waitsSeconds', { time: duration(waitsFor.seconds * 1000) })}{' '}
          {waitsFor.record !== null && (
            <>
              {t('record.waitsFor')} <RecordLink tenant={tenant} record={waitsFor.record} name={undefined} />
            </>
          )}
        </p>
      )}
    </Notice>
  );
}

const RULE_LOOK: Readonly<Record<string, { icon: IconName; tone: string }>> = {
  passed: { icon: 'ok', tone: 'ok' },
  failed: { icon: 'bad', tone: 'bad' },
  'not-reached': { icon: 'minus', tone: 'quiet' },
  'not-asked': { icon: 'minus', tone: 'quiet' },
};

/** The rules in the order in which the service asks them. */
function Rules({ explanation }: { explanation: Explanation }) {
  const { t, count, rule, reason } = useTexts();
  const list = (rules: Explanation['rules']) => (
    <ol class="rules">
      {rules.map((one) => {
        const look = RULE_LOOK[one.outcome] ?? { icon: 'info' as const, tone: 'quiet' };
        return (
          <li key={one.id} class={look.tone}>
            <Badge tone={look.tone as 'ok'} icon={look.icon}>
              {t(`rule.${one.outcome as 'passed' | 'failed' | 'not-reached'}`)}
            </Badge>
            <span>
              {rule(one.id, one.says)}
              {one.reasons.map(({ code, sentence }) => (
                <span class="under" key={code}>
                  {reason(code, sentence)}
                </span>
              ))}
            </span>
            <span class="quiet">{one.rule}</span>
          </li>
        );
      })}
    </ol>
  );
  const further = explanation.rules.filter(({ outcome }) => outcome === 'not-reached');
  return (
    <Panel title={t('record.rules')}>
      <p class="lead">{t('record.rulesText')}</p>
      {list(explanation.rules.filter(({ outcome }) => outcome === 'passed' || outcome === 'failed'))}
      {further.length > 0 && (
        <details class="further">
          <summary>{count('record.further', further.length)}</summary>
          {list(further)}
        </details>
      )}
    </Panel>
  );
}

/** What the service would do if it were asked now. */
function Would({ explanation: { would, jobs } }: { explanation: Explanation }) {
  const { t, reason, maybe, error } = useTexts();
  return (
    <Panel title={t('record.would')}>
      <p>{t(`would.${would.action}`)}</p>
      {would.reasons.length > 0 && (
        <ul class="plain-list">
          {would.reasons.map(({ code, sentence }) => (
            <li key={code}>{reason(code, sentence)}</li>
          ))}
        </ul>
      )}
      {would.changes.length > 0 && (
        <Changes changes={would.changes.map(({ target, ...change }) => ({ ...change, side: target }))} />
      )}
      {would.lost.length > 0 && (
        <>
          <h3>{t('record.lost')}</h3>
          <Changes changes={would.lost} />
        </>
      )}
      <h3>{t('record.jobs')}</h3>
      {jobs.length === 0 ? (
        <p class="quiet">{t('record.noJobs')}</p>
      ) : (
        <ul class="plain-list">
          {jobs.map((job) => (
            <li key={job.key}>
              <Badge tone={job.state === 'dead' ? 'bad' : 'info'} icon={job.state === 'dead' ? 'bad' : 'wait'}>
                {maybe(`job.${job.state}`, job.state)}
              </Badge>{' '}
              {job.lastError !== null && (
                <>
                  {error(job.lastError.code)} {job.lastError.message}
                </>
              )}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Past({ tenant, explanation }: { tenant: string; explanation: Explanation }) {
  const { t } = useTexts();
  const now = useNow();
  const { pair, activity, record } = explanation;
  const { data, problem } = useLoad(
    `past ${tenant} ${record.side} ${record.id} ${pair?.id ?? ''}`,
    async (signal) => {
      // Without a pair, lines of other records with the same id would come too: what explain chose is enough.
      if (pair === null) return activity;
      return (await get<Page<ActivityLine>>(ofTenant(tenant, `/activity${query({ pairId: pair.id })}`), signal)).items;
    },
    HISTORY_MS,
  );
  const lines = data ?? activity;
  return (
    <Panel title={t('record.history')}>
      <ProblemNotice problem={problem} />
      {lines.length === 0 ? (
        <Empty icon="wait" title={t('record.noHistory')} />
      ) : (
        <ActivityLines tenant={tenant} lines={lines} now={now} />
      )}
    </Panel>
  );
}
