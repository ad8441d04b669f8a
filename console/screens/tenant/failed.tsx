import { useState } from 'preact/hooks';
import { get, ofTenant, post, query } from '../../lib/api.ts';
import { formats } from '../../lib/format.ts';
import { useAction } from '../../lib/load.ts';
import { useNames } from '../../lib/names.ts';
import { useNow } from '../../lib/now.ts';
import { usePaged } from '../../lib/paged.ts';
import { useTexts } from '../../lib/texts.ts';
import type { Job } from '../../lib/types.ts';
import { Button, Empty, Loading, Panel } from '../../parts/basic.tsx';
import { More } from '../../parts/more.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';
import { RecordLink } from '../../parts/record-name.tsx';
import type { TenantProps } from '../tenant.tsx';

const EVERY_MS = 10_000;

/** What failed for good: nothing of it is lost, and each may be tried again (B4). */
export function FailedScreen({ tenant, status, reload: reloadTenant }: TenantProps) {
  const texts = useTexts();
  const { t, count } = texts;
  const { ago, full } = formats(texts);
  const now = useNow(30_000);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [said, setSaid] = useState('');
  const list = usePaged<Job>(
    `failed ${tenant.id}`,
    (cursor, signal) => get(ofTenant(tenant.id, `/jobs${query({ state: 'dead', cursor, limit: 100 })}`), signal),
    EVERY_MS,
  );
  const items = list.items ?? [];
  const nameOf = useNames(tenant.id, items);
  const retry = useAction(async (keys: readonly string[] | null) => {
    const body = keys === null ? {} : { keys };
    const { retried } = await post<{ retried: number }>(ofTenant(tenant.id, '/jobs/retry'), body);
    setSaid(count('failed.retried', retried));
    setChosen(new Set());
    await Promise.all([list.reload(), reloadTenant()]);
  });
  const present = items.filter(({ key }) => chosen.has(key)).map(({ key }) => key);
  const choose = (key: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(key);
    else next.delete(key);
    setChosen(next);
  };

  return (
    <Panel
      title={t('tab.failed')}
      actions={
        items.length > 0 && (
          <>
            {present.length > 0 && (
              <Button needs="operate" onClick={() => retry.run(present)}>
                {t('failed.retryChosen', { n: present.length })}
              </Button>
            )}
            <Button needs="operate" kind="main" icon="sync" busy={retry.busy} onClick={() => retry.run(null)}>
              {t('failed.retryAll', { n: Math.max(status.jobs.dead, items.length) })}
            </Button>
          </>
        )
      }
    >
      <p role="status" class="said">
        {said}
      </p>
      <ProblemNotice problem={retry.problem ?? list.problem} retry={list.reload} />
      {list.items === undefined ? (
        list.problem === null && <Loading />
      ) : items.length === 0 ? (
        <Empty icon="ok" title={t('failed.none')}>
          <p>{t('failed.noneText')}</p>
        </Empty>
      ) : (
        <table class="cards">
          <caption class="unseen">{t('tab.failed')}</caption>
          <thead>
            <tr>
              <th scope="col" class="tick">
                <input
                  type="checkbox"
                  aria-label={t('failed.chooseAll')}
                  checked={present.length === items.length}
                  onChange={(event) =>
                    setChosen(event.currentTarget.checked ? new Set(items.map(({ key }) => key)) : new Set())
                  }
                />
              </th>
              <th scope="col">{t('record')}</th>
              <th scope="col">{t('failed.why')}</th>
              <th scope="col">{t('time')}</th>
              <th scope="col" class="number">
                {t('failed.attempts')}
              </th>
              <th scope="col">
                <span class="unseen">{t('failed.retry')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {items.map((job) => {
              const name = nameOf(job);
              const called = name?.name ?? `${job.entity} ${job.id}`;
              const why = job.lastError === null ? null : texts.error(job.lastError.code);
              return (
                <tr key={job.key}>
                  <td class="tick">
                    <input
                      type="checkbox"
                      aria-label={t('failed.choose', { name: called })}
                      checked={chosen.has(job.key)}
                      onChange={(event) => choose(job.key, event.currentTarget.checked)}
                    />
                  </td>
                  <th scope="row">
                    <RecordLink tenant={tenant.id} record={job} name={name} />
                  </th>
                  <td data-label={t('failed.why')}>
                    {why !== null && <strong>{why} </strong>}
                    {job.lastError?.message}
                  </td>
                  <td data-label={t('time')}>
                    {job.lastError !== null && (
                      <time dateTime={new Date(job.lastError.at).toISOString()} title={full(job.lastError.at)}>
                        {ago(job.lastError.at, now)}
                      </time>
                    )}
                  </td>
                  <td data-label={t('failed.attempts')} class="number">
                    {texts.number(job.attempts)}
                  </td>
                  <td>
                    <Button
                      needs="operate"
                      label={t('failed.retryOne', { name: called })}
                      icon="sync"
                      onClick={() => retry.run([job.key])}
                    >
                      {t('failed.retry')}
                    </Button>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      <More list={list} />
    </Panel>
  );
}
