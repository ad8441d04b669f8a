import { get, ofTenant, post, query } from '../../lib/api.ts';
import { useAction, useLoad } from '../../lib/load.ts';
import { useTexts } from '../../lib/texts.ts';
import type { ImportRun, Page } from '../../lib/types.ts';
import { Button, Notice } from '../../parts/basic.tsx';
import { CheckList } from '../../parts/check-list.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';
import { ImportRecords } from '../tenant/import.tsx';
import { ImportProgress } from '../tenant/import-progress.tsx';
import type { StepProps } from './connect.tsx';
import { StepFrame } from './step-frame.tsx';

const EVERY_MS = 1_500;

/** What an import would do, with examples of every kind, before anything is written. */
export function DryRunStep({ tenant, next, back, check }: StepProps) {
  const { t } = useTexts();
  const runs = useLoad(
    `dry runs ${tenant.id}`,
    (signal) => get<Page<ImportRun>>(ofTenant(tenant.id, `/imports${query({ limit: 1 })}`), signal),
    EVERY_MS,
  );
  const run = runs.data?.items[0];
  const begin = useAction(async () => {
    if (!(await check.run())) return;
    await post(ofTenant(tenant.id, '/imports'), { kinds: ['article', 'customer'], direction: 'both', dryRun: true });
    await runs.reload();
  });
  const faults = check.data?.items.filter(({ level }) => level !== 'note') ?? [];
  const isMoving = run !== undefined && ['listing', 'comparing', 'running'].includes(run.state);
  return (
    <>
      <StepFrame
        title={t('dry.title')}
        text={t('dry.text')}
        problem={begin.problem ?? runs.problem}
        back={back}
        onNext={next}
      >
        <CheckList items={faults} />
        {faults.some(({ level }) => level === 'fault') && <Notice tone="warn" icon="warn" title={t('dry.faults')} />}
        <div class="actions">
          <Button
            needs="operate"
            icon="search"
            kind={run === undefined ? 'main' : 'plain'}
            busy={begin.busy}
            disabled={isMoving}
            onClick={begin.run}
          >
            {run === undefined ? t('imports.dryRun') : t('dry.again')}
          </Button>
        </div>
        {run !== undefined && <ImportProgress run={run} />}
        <ProblemNotice problem={null} />
      </StepFrame>
      {run !== undefined && run.state === 'ready' && <ImportRecords tenant={tenant.id} run={run} />}
    </>
  );
}
