import { get, ofTenant, post } from '../../lib/api.ts';
import { formats } from '../../lib/format.ts';
import { useAction, useLoad } from '../../lib/load.ts';
import { useNow } from '../../lib/now.ts';
import { useTexts } from '../../lib/texts.ts';
import type { Reconcile } from '../../lib/types.ts';
import { Badge, Button, Loading, Panel, Progress } from '../../parts/basic.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';
import type { TenantProps } from '../tenant.tsx';

const EVERY_MS = 5_000;

/** Going over everything, so that what no notification told is found too. */
export function ReconcilePanel({ tenant }: TenantProps) {
  const texts = useTexts();
  const { t, number } = texts;
  const { ago } = formats(texts);
  const now = useNow();
  const path = ofTenant(tenant.id, '/reconcile');
  const { data, problem, reload } = useLoad(
    `reconcile ${tenant.id}`,
    (signal) => get<Reconcile>(path, signal),
    EVERY_MS,
  );
  const begin = useAction(async () => {
    await post(path);
    await reload();
  });
  return (
    <Panel
      title={t('reconcile.title')}
      actions={
        <Button needs="operate" icon="sync" busy={begin.busy} disabled={data?.present !== null} onClick={begin.run}>
          {t('reconcile.do')}
        </Button>
      }
    >
      <p class="lead">{t('reconcile.text')}</p>
      <ProblemNotice problem={begin.problem ?? problem} />
      {data === undefined ? (
        problem === null && <Loading />
      ) : (
        <>
          {data.present !== null && (
            <>
              <p>
                <Badge tone="info" icon="sync">
                  {t('reconcile.running')}
                </Badge>{' '}
                {t('reconcile.compared', { n: number(data.present.counts.compared) })}
              </p>
              <Progress done={0} total={0} label={t('reconcile.running')} />
            </>
          )}
          {data.last === null ? (
            <p class="quiet">{t('reconcile.never')}</p>
          ) : (
            <p>
              {t('reconcile.last', {
                when: ago(data.last.finishedAt ?? data.last.startedAt, now),
                compared: number(data.last.counts.compared),
                found: number(Object.values(data.last.counts.hinted).reduce((sum, n) => sum + n, 0)),
              })}
            </p>
          )}
          {(data.last?.leftOut ?? []).map(({ phase, message }) => (
            <p class="fault" key={phase}>
              {message}
            </p>
          ))}
          {data.cycle !== null && data.cycle.total > 0 && (
            <>
              <p class="quiet">
                {t('reconcile.cycle', { read: number(data.cycle.read), total: number(data.cycle.total) })}
              </p>
              <Progress done={data.cycle.read} total={data.cycle.total} label={t('reconcile.title')} />
            </>
          )}
        </>
      )}
    </Panel>
  );
}
