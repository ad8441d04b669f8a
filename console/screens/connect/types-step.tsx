import { useState } from 'preact/hooks';
import { useFields } from '../../lib/fields.ts';
import { useAction } from '../../lib/load.ts';
import { useTexts } from '../../lib/texts.ts';
import type { Settings } from '../../lib/types.ts';
import { Loading } from '../../parts/basic.tsx';
import { Choice, SelectField } from '../../parts/field.tsx';
import { TypePicker } from '../../parts/pickers.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';
import type { StepProps } from './connect.tsx';
import { StepFrame } from './step-frame.tsx';

/** Which organisations go to Fortnox, and who numbers customers. */
export function TypesStep({ tenant, save, next, back }: StepProps) {
  const { t } = useTexts();
  const fields = useFields(tenant.id);
  const { settings } = tenant;
  const [types, setTypes] = useState<Settings['types']>(settings.types);
  const [defaults, setDefaults] = useState(settings.defaultType);
  const [owner, setOwner] = useState(settings.numberOwner);
  const firstOf = (kind: 'company' | 'private', present: string | null): string | null => {
    const fitting = types.filter((one) => one.kind === kind).map(({ type }) => type);
    return present !== null && fitting.includes(present) ? present : (fitting[0] ?? null);
  };
  const defaultType = { company: firstOf('company', defaults.company), private: firstOf('private', defaults.private) };
  const store = useAction(async () => {
    await save({ types, defaultType, numberOwner: owner });
    next();
  });
  return (
    <StepFrame
      title={t('types.title')}
      text={t('types.text')}
      problem={store.problem}
      busy={store.busy}
      back={back}
      onNext={store.run}
      nextDisabled={types.length === 0}
    >
      {fields.data === undefined && fields.problem === null && <Loading />}
      <ProblemNotice problem={fields.problem} retry={fields.reload} />
      <TypePicker types={fields.data?.types ?? []} picked={types} onChange={setTypes} />
      {types.length === 0 && <p class="fault">{t('types.one')}</p>}
      {(['company', 'private'] as const).map((kind) => {
        const fitting = types.filter((one) => one.kind === kind);
        if (fitting.length < 2) return null;
        return (
          <SelectField
            key={kind}
            label={t(`types.default.${kind}`)}
            help={t('types.defaultHelp')}
            value={defaultType[kind] ?? ''}
            onChange={(value) => setDefaults({ ...defaults, [kind]: value })}
            options={fitting.map(({ type }) => ({ value: type, text: type }))}
          />
        );
      })}
      <Choice
        label={t('owner.title')}
        value={owner}
        onChange={setOwner}
        options={(['fortnox', 'webcrm'] as const).map((value) => ({
          value,
          title: t(`owner.${value}`),
          help: t(`owner.${value}.help`),
        }))}
      />
    </StepFrame>
  );
}
