import { useState } from 'preact/hooks';
import { useAction } from '../../lib/load.ts';
import { useTexts } from '../../lib/texts.ts';
import type { Settings } from '../../lib/types.ts';
import { CheckField, Choice } from '../../parts/field.tsx';
import type { StepProps } from './connect.tsx';
import { StepFrame } from './step-frame.tsx';

export const STATUSES = ['New', 'Planned', 'OnGoing', 'Completed', 'GeneralDelivery'] as const;

/** What a delivery becomes, and when; and who wins when both sides changed the same. */
export function DocumentsStep({ tenant, save, next, back }: StepProps) {
  const { t } = useTexts();
  const { settings } = tenant;
  const [mode, setMode] = useState(settings.documentMode);
  const [policy, setPolicy] = useState(settings.conflictPolicy);
  const [statuses, setStatuses] = useState<Settings['documents']['sendStatuses']>(settings.documents.sendStatuses);
  const store = useAction(async () => {
    if (await save({ documentMode: mode, conflictPolicy: policy, documents: { sendStatuses: statuses } })) next();
  });
  return (
    <StepFrame
      title={t('documents.title')}
      text={t('documents.text')}
      problem={store.problem}
      busy={store.busy}
      back={back}
      onNext={store.run}
    >
      <Choice
        label={t('documents.mode')}
        value={mode}
        onChange={setMode}
        options={(['order', 'invoice'] as const).map((value) => ({
          value,
          title: t(`mode.${value}`),
          help: t(`mode.${value}.help`),
        }))}
      />
      <fieldset>
        <legend>{t('documents.statuses')}</legend>
        <p class="help">{t('documents.statusesHelp')}</p>
        {STATUSES.map((status) => (
          <CheckField
            key={status}
            label={t(`deliveryStatus.${status}`)}
            checked={statuses.includes(status)}
            onChange={(on) => setStatuses(STATUSES.filter((one) => (one === status ? on : statuses.includes(one))))}
          />
        ))}
      </fieldset>
      <Choice
        label={t('policy.title')}
        value={policy}
        onChange={setPolicy}
        options={(['fortnox', 'webcrm'] as const).map((value) => ({
          value,
          title: t(`policy.${value}`),
          help: t(`policy.${value}.help`),
        }))}
      />
    </StepFrame>
  );
}
