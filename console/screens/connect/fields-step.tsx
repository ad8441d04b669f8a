import { useState } from 'preact/hooks';
import { useAction } from '../../lib/load.ts';
import { useTexts } from '../../lib/texts.ts';
import { customFieldsOf, documentFieldsOf, FieldSets } from '../../parts/field-sets.tsx';
import type { Picked } from '../../parts/pickers.tsx';
import type { StepProps } from './connect.tsx';
import { StepFrame } from './step-frame.tsx';

/** Where webCRM keeps what it has no field of its own for (C3). */
export function FieldsStep({ tenant, save, next, back, check }: StepProps) {
  const { t } = useTexts();
  const [organisation, setOrganisation] = useState<Picked>(tenant.settings.customFields);
  const [delivery, setDelivery] = useState<Picked>(tenant.settings.documents.fields);
  const [items, setItems] = useState(tenant.settings.documents.items);
  const store = useAction(async () => {
    const documents = { fields: documentFieldsOf(delivery), items };
    await save({ customFields: customFieldsOf(organisation), documents });
    await check.run();
    next();
  });
  return (
    <StepFrame
      title={t('fields.title')}
      text={t('fields.text')}
      problem={store.problem}
      busy={store.busy}
      back={back}
      onNext={store.run}
    >
      <FieldSets
        tenant={tenant.id}
        organisation={organisation}
        delivery={delivery}
        items={items}
        faults={store.problem?.faults ?? []}
        onOrganisation={setOrganisation}
        onDelivery={setDelivery}
        onItems={setItems}
      />
    </StepFrame>
  );
}
