import { useState } from 'preact/hooks';
import { get, ofTenant, post, query } from '../../lib/api.ts';
import { formats } from '../../lib/format.ts';
import { useAction } from '../../lib/load.ts';
import { useNow } from '../../lib/now.ts';
import { usePaged } from '../../lib/paged.ts';
import { go, to } from '../../lib/route.ts';
import { useTexts } from '../../lib/texts.ts';
import type { ImportRun } from '../../lib/types.ts';
import { Button, Empty, Loading, Panel } from '../../parts/basic.tsx';
import { CheckField, Choice, TextField } from '../../parts/field.tsx';
import { More } from '../../parts/more.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';
import type { TenantProps } from '../tenant.tsx';
import { ImportProgress } from './import-progress.tsx';
import { ReconcilePanel } from './reconcile.tsx';

const KINDS = ['article', 'customer', 'order', 'invoice', 'delivery'] as const;
const EVERY_MS = 3_000;

/** Imports, newest first, and a new one; it always begins with a dry run (B3). */
export function ImportsScreen(props: TenantProps) {
  const { tenant } = props;
  const texts = useTexts();
  const { t } = texts;
  const { full, ago } = formats(texts);
  const now = useNow(30_000);
  const list = usePaged<ImportRun>(
    `imports ${tenant.id}`,
    (cursor, signal) => get(ofTenant(tenant.id, `/imports${query({ cursor, limit: 20 })}`), signal),
    EVERY_MS,
  );
  return (
    <>
      <NewImport {...props} />
      <Panel title={t('tab.imports')}>
        <ProblemNotice problem={list.problem} retry={list.reload} />
        {list.items === undefined ? (
          list.problem === null && <Loading />
        ) : list.items.length === 0 ? (
          <Empty icon="sync" title={t('imports.none')}>
            <p>{t('imports.noneText')}</p>
          </Empty>
        ) : (
          <ul class="rows">
            {list.items.map((run) => (
              <li key={run.id} class="import-row">
                <a href={to('t', tenant.id, 'imports', run.id)}>
                  {run.kinds.map((kind) => t(`kind.${kind}`)).join(', ')}
                </a>
                <ImportProgress run={run} />
                <time class="quiet" dateTime={new Date(run.startedAt).toISOString()} title={full(run.startedAt)}>
                  {ago(run.startedAt, now)}
                </time>
              </li>
            ))}
          </ul>
        )}
        <More list={list} />
      </Panel>
      {tenant.state !== 'new' && <ReconcilePanel {...props} />}
    </>
  );
}

function NewImport({ tenant }: TenantProps) {
  const { t } = useTexts();
  const [kinds, setKinds] = useState<ReadonlySet<string>>(new Set(['article', 'customer']));
  const [direction, setDirection] = useState<ImportRun['direction']>('both');
  const [from, setFrom] = useState('');
  const begin = useAction(async () => {
    const run = await post<ImportRun>(ofTenant(tenant.id, '/imports'), {
      kinds: KINDS.filter((kind) => kinds.has(kind)),
      direction,
      dryRun: true,
      ...(from === '' ? {} : { from }),
    });
    go('t', tenant.id, 'imports', run.id);
  });
  const hasDocuments = ['order', 'invoice', 'delivery'].some((kind) => kinds.has(kind));
  return (
    <details class="panel fold">
      <summary>{t('imports.new')}</summary>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void begin.run();
        }}
      >
        <fieldset>
          <legend>{t('imports.what')}</legend>
          {KINDS.map((kind) => (
            <CheckField
              key={kind}
              label={t(`kind.${kind}`)}
              checked={kinds.has(kind)}
              onChange={(on) => {
                const next = new Set(kinds);
                if (on) next.add(kind);
                else next.delete(kind);
                setKinds(next);
              }}
            />
          ))}
        </fieldset>
        <Choice
          label={t('imports.direction')}
          value={direction}
          onChange={setDirection}
          options={(['both', 'to-fortnox', 'to-webcrm'] as const).map((value) => ({
            value,
            title: t(`direction.${value}`),
            help: t(`direction.${value}.help`),
          }))}
        />
        {hasDocuments && (
          <TextField
            label={t('imports.from')}
            help={t('imports.fromHelp')}
            type="date"
            value={from}
            onInput={setFrom}
          />
        )}
        <ProblemNotice problem={begin.problem} />
        <div class="actions">
          <Button needs="operate" type="submit" kind="main" busy={begin.busy} disabled={kinds.size === 0}>
            {t('imports.dryRun')}
          </Button>
          <span class="quiet">{t('imports.dryRunText')}</span>
        </div>
      </form>
    </details>
  );
}
