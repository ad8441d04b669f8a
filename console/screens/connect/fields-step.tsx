import { useState } from 'preact/hooks';
import { useFields } from '../../lib/fields.ts';
import { useAction } from '../../lib/load.ts';
import { DELIVERY_USES, ORGANISATION_USES } from '../../lib/settings.ts';
import { useTexts } from '../../lib/texts.ts';
import type { Settings } from '../../lib/types.ts';
import { Loading } from '../../parts/basic.tsx';
import { DELIVERY_FIELD, FieldPickers, ORGANISATION_FIELD } from '../../parts/pickers.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';
import type { StepProps } from './connect.tsx';
import { StepFrame } from './step-frame.tsx';

/** Faults of a group of settings, by the use that they name. */
export const faultsOf = (
  faults: readonly { field: string; message: string }[],
  group: string,
): Record<string, string> =>
  Object.fromEntries(
    faults
      .filter(({ field }) => field.startsWith(`${group}.`))
      .map(({ field, message }) => [field.slice(group.length + 1), message]),
  );
const present = <T extends object>(picked: Readonly<Record<string, string | undefined>>): T =>
  Object.fromEntries(Object.entries(picked).filter(([, name]) => name !== undefined)) as T;

/** Where webCRM keeps what it has no field of its own for (C3). */
export function FieldsStep({ tenant, save, next, back, check }: StepProps) {
  const { t } = useTexts();
  const fields = useFields(tenant.id);
  const [organisation, setOrganisation] = useState<Readonly<Record<string, string | undefined>>>(
    tenant.settings.customFields,
  );
  const [delivery, setDelivery] = useState<Readonly<Record<string, string | undefined>>>(
    tenant.settings.documents.fields,
  );
  const store = useAction(async () => {
    await save({
      customFields: present<Settings['customFields']>(organisation),
      documents: { fields: present<Settings['documents']['fields']>(delivery) },
    });
    await check.run();
    next();
  });
  const faults = store.problem?.faults ?? [];
  return (
    <StepFrame
      title={t('fields.title')}
      text={t('fields.text')}
      problem={store.problem}
      busy={store.busy}
      back={back}
      onNext={store.run}
    >
      <ProblemNotice problem={fields.problem} retry={fields.reload} />
      {fields.data === undefined ? (
        fields.problem === null && <Loading />
      ) : (
        <>
          <fieldset>
            <legend>{t('fields.organisation')}</legend>
            <FieldPickers
              uses={ORGANISATION_USES}
              required="customerNumber"
              picked={organisation}
              fields={fields.data.organisation}
              pattern={ORGANISATION_FIELD}
              faults={faultsOf(faults, 'customFields')}
              onChange={setOrganisation}
            />
          </fieldset>
          <fieldset>
            <legend>{t('fields.delivery')}</legend>
            <FieldPickers
              uses={DELIVERY_USES}
              required="number"
              picked={delivery}
              fields={fields.data.delivery}
              pattern={DELIVERY_FIELD}
              faults={faultsOf(faults, 'documents.fields')}
              onChange={setDelivery}
            />
          </fieldset>
        </>
      )}
    </StepFrame>
  );
}
