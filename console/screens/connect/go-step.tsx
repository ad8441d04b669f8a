import { useState } from 'preact/hooks';
import { get, ofTenant, post, query } from '../../lib/api.ts';
import { useAction, useLoad } from '../../lib/load.ts';
import { go, to } from '../../lib/route.ts';
import { useTexts } from '../../lib/texts.ts';
import type { ImportRun, Page } from '../../lib/types.ts';
import { LinkButton, Notice } from '../../parts/basic.tsx';
import { CheckList } from '../../parts/check-list.tsx';
import { CheckField } from '../../parts/field.tsx';
import type { StepProps } from './connect.tsx';
import { StepFrame } from './step-frame.tsx';

/** The last step: everything once more in words, then the connection, and the first import. */
export function GoStep({ tenant, check, back, reload }: StepProps) {
  const texts = useTexts();
  const { t } = texts;
  const { settings } = tenant;
  const [imports, setImports] = useState(true);
  const runs = useLoad(`last import ${tenant.id}`, (signal) =>
    get<Page<ImportRun>>(ofTenant(tenant.id, `/imports${query({ limit: 1 })}`), signal),
  );
  const ready = runs.data?.items.find(({ state }) => state === 'ready');
  const start = useAction(async () => {
    await post(ofTenant(tenant.id, '/connect'));
    if (imports && ready !== undefined) {
      await post(ofTenant(tenant.id, `/imports/${encodeURIComponent(ready.id)}/start`));
      await reload();
      go('t', tenant.id, 'imports', ready.id);
      return;
    }
    await reload();
    go('t', tenant.id);
  });
  const made = (ready?.counts['create-in-fortnox'] ?? 0) + (ready?.counts['create-in-webcrm'] ?? 0);
  const faults = check.data?.items.filter(({ level }) => level !== 'note') ?? [];
  return (
    <StepFrame
      title={t('go.title')}
      text={t('go.text')}
      problem={start.problem}
      busy={start.busy}
      back={back}
      onNext={start.run}
      nextText={imports && ready !== undefined ? t('go.doImport') : t('go.do')}
    >
      <dl class="summary">
        <div>
          <dt>{t('types.title')}</dt>
          <dd>{settings.types.map(({ type, kind }) => `${type} (${t(`kind.${kind}`)})`).join(', ')}</dd>
        </div>
        <div>
          <dt>{t('documents.mode')}</dt>
          <dd>{t(`mode.${settings.documentMode}`)}</dd>
        </div>
        <div>
          <dt>{t('owner.title')}</dt>
          <dd>{t(`owner.${settings.numberOwner}`)}</dd>
        </div>
        <div>
          <dt>{t('policy.title')}</dt>
          <dd>{t(`policy.${settings.conflictPolicy}`)}</dd>
        </div>
      </dl>
      <CheckList items={faults} />
      {ready === undefined ? (
        <Notice
          tone="info"
          icon="info"
          title={t('go.noDryRun')}
          actions={<LinkButton href={to('t', tenant.id, 'connect', 'dry-run')}>{t('imports.dryRun')}</LinkButton>}
        />
      ) : (
        <CheckField
          label={t('go.import', { made: texts.number(made), updated: texts.number(ready.counts.update ?? 0) })}
          help={t('go.importHelp')}
          checked={imports}
          onChange={setImports}
        />
      )}
    </StepFrame>
  );
}
