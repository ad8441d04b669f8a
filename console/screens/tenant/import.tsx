import { useState } from 'preact/hooks';
import { IMPORT_OUTCOMES } from '../../../schemas/imports.ts';
import { get, ofTenant, post, query } from '../../lib/api.ts';
import { useAction, useLoad } from '../../lib/load.ts';
import { usePaged } from '../../lib/paged.ts';
import { to } from '../../lib/route.ts';
import { useTexts } from '../../lib/texts.ts';
import type { ImportRecord, ImportRun, Side } from '../../lib/types.ts';
import { Badge, Button, Confirm, Empty, Loading, Panel, type Tone } from '../../parts/basic.tsx';
import { Changes } from '../../parts/changes.tsx';
import type { IconName } from '../../parts/icon.tsx';
import { More } from '../../parts/more.tsx';
import { Heading } from '../../parts/page.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';
import { recordPlace } from '../../parts/record-name.tsx';
import type { Key } from '../../texts/en.ts';
import type { TenantProps } from '../tenant.tsx';
import { ImportProgress } from './import-progress.tsx';

const EVERY_MS = 1_500;
const OUTCOME_LOOK: Readonly<Record<string, { tone: Tone; icon: IconName }>> = {
  'create-in-fortnox': { tone: 'ok', icon: 'plus' },
  'create-in-webcrm': { tone: 'ok', icon: 'plus' },
  update: { tone: 'info', icon: 'sync' },
  match: { tone: 'ok', icon: 'link' },
  propose: { tone: 'warn', icon: 'person' },
  conflict: { tone: 'warn', icon: 'person' },
  skip: { tone: 'quiet', icon: 'skip' },
};

/** One import: what would be done with each record, and its progress (B3). */
export function ImportScreen({ tenant, id, reload }: TenantProps & { id: string }) {
  const { t } = useTexts();
  const path = ofTenant(tenant.id, `/imports/${encodeURIComponent(id)}`);
  const run = useLoad(`import ${id}`, (signal) => get<ImportRun>(path, signal), EVERY_MS);
  if (run.data === undefined)
    return run.problem === null ? <Loading /> : <ProblemNotice problem={run.problem} retry={run.reload} />;
  return (
    <>
      <Heading
        level={2}
        title={`${t('import.title')}: ${run.data.kinds.map((kind) => t(`kind.${kind}`)).join(', ')}`}
        crumbs={[{ text: t('tab.imports'), href: to('t', tenant.id, 'imports') }]}
      />
      <Panel>
        <ProblemNotice problem={run.problem} />
        <ImportProgress run={run.data} />
        <ImportActions
          tenant={tenant}
          run={run.data}
          changed={async (next) => {
            run.set(next);
            await reload();
          }}
        />
      </Panel>
      <ImportRecords tenant={tenant.id} run={run.data} />
    </>
  );
}

export function ImportActions({
  tenant,
  run,
  changed,
}: {
  tenant: TenantProps['tenant'];
  run: ImportRun;
  changed: (run: ImportRun) => Promise<void>;
}) {
  const { t, number } = useTexts();
  const [asking, setAsking] = useState(false);
  const path = ofTenant(tenant.id, `/imports/${encodeURIComponent(run.id)}`);
  const act = useAction(async (what: 'start' | 'stop' | 'resume') => {
    setAsking(false);
    await changed(await post<ImportRun>(`${path}/${what}`));
  });
  const isMoving = run.state === 'listing' || run.state === 'comparing' || run.state === 'running';
  const made = (run.counts['create-in-fortnox'] ?? 0) + (run.counts['create-in-webcrm'] ?? 0);
  return (
    <>
      <ProblemNotice problem={act.problem} />
      <div class="actions">
        {run.state === 'ready' && tenant.state === 'connected' && (
          <Button needs="operate" kind="main" icon="play" busy={act.busy} onClick={() => setAsking(true)}>
            {t('import.start')}
          </Button>
        )}
        {run.state === 'ready' && tenant.state !== 'connected' && <p class="quiet">{t('import.connectFirst')}</p>}
        {isMoving && (
          <Button needs="operate" icon="pause" busy={act.busy} onClick={() => act.run('stop')}>
            {t('import.stop')}
          </Button>
        )}
        {run.state === 'stopped' && (
          <Button needs="operate" kind="main" icon="play" busy={act.busy} onClick={() => act.run('resume')}>
            {t('import.resume')}
          </Button>
        )}
      </div>
      {asking && (
        <Confirm
          title={t('import.sure')}
          yes={t('import.start')}
          kind="main"
          onYes={() => act.run('start')}
          onNo={() => setAsking(false)}
        >
          <p>{t('import.sureText', { made: number(made), updated: number(run.counts.update ?? 0) })}</p>
          <p>{t('import.sureStop')}</p>
        </Confirm>
      )}
    </>
  );
}

/** Every record of an import by what is done with it, with each value that would be overwritten. */
export function ImportRecords({ tenant, run }: { tenant: string; run: ImportRun }) {
  const { t, number } = useTexts();
  const present = IMPORT_OUTCOMES.filter((outcome) => (run.counts[outcome] ?? 0) > 0);
  const [wanted, setWanted] = useState<string | null>(null);
  const outcome = wanted ?? present[0];
  return (
    <Panel title={t('import.outcomes')}>
      {present.length === 0 ? (
        <Empty icon="wait" title={t('import.noOutcome')} />
      ) : (
        <>
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a frame around the row of buttons */}
          <div class="segments" role="group" aria-label={t('import.outcomes')}>
            {present.map((one) => {
              const { tone, icon } = OUTCOME_LOOK[one] ?? { tone: 'quiet' as const, icon: 'info' as const };
              return (
                <button
                  key={one}
                  type="button"
                  aria-pressed={one === outcome ? 'true' : 'false'}
                  onClick={() => setWanted(one)}
                >
                  <Badge tone={tone} icon={icon}>
                    {number(run.counts[one] ?? 0)}
                  </Badge>
                  {t(`outcome.${one}`)}
                </button>
              );
            })}
          </div>
          {outcome !== undefined && (
            <>
              <p class="lead">{t(`outcome.${outcome}.text` as Key)}</p>
              <OutcomeList key={`${outcome} ${run.state}`} tenant={tenant} id={run.id} outcome={outcome} />
            </>
          )}
        </>
      )}
    </Panel>
  );
}

const LISTED: Readonly<Record<Side, Readonly<Record<string, string>>>> = {
  webcrm: { customer: 'customer', article: 'article', delivery: 'delivery' },
  fortnox: { customer: 'customer', article: 'article', order: 'order', invoice: 'invoice' },
};

function OutcomeList({ tenant, id, outcome }: { tenant: string; id: string; outcome: string }) {
  const { t, reason } = useTexts();
  const list = usePaged<ImportRecord>(`records ${id} ${outcome}`, (cursor, signal) =>
    get(ofTenant(tenant, `/imports/${encodeURIComponent(id)}/records${query({ outcome, cursor, limit: 50 })}`), signal),
  );
  if (list.items === undefined)
    return list.problem === null ? <Loading /> : <ProblemNotice problem={list.problem} retry={list.reload} />;
  if (list.items.length === 0) return <p class="quiet">{t('import.listGone')}</p>;
  return (
    <>
      <table class="cards">
        <caption class="unseen">{t(`outcome.${outcome}` as Key)}</caption>
        <thead>
          <tr>
            <th scope="col">{t('record')}</th>
            <th scope="col">{t('number')}</th>
            <th scope="col">{t('import.effect')}</th>
          </tr>
        </thead>
        <tbody>
          {list.items.map((one) => {
            const entity = LISTED[one.side][one.kind];
            const name = one.name ?? `${t(`kind.${one.kind}`)} ${one.id}`;
            return (
              <tr key={one.kind + one.side + one.id}>
                <th scope="row">
                  <span class="record-link">
                    {entity === undefined ? (
                      <span>{name}</span>
                    ) : (
                      <a href={recordPlace(tenant, { entity, side: one.side, id: one.id })}>{name}</a>
                    )}
                    <span class="quiet">
                      {t(one.side)} {one.organisationNumber}
                    </span>
                  </span>
                </th>
                <td data-label={t('number')}>{one.number ?? '-'}</td>
                <td data-label={t('import.effect')}>
                  {one.reason !== null && <p>{reason(one.reason, one.message)}</p>}
                  {one.lost.length > 0 && <Changes changes={one.lost} />}
                  {one.reason === null && one.lost.length === 0 && <span class="quiet">{t('import.noLoss')}</span>}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <More list={list} />
    </>
  );
}
