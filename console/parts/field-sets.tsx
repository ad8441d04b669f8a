import { useFields } from '../lib/fields.ts';
import { DELIVERY_USES, ORGANISATION_USES } from '../lib/settings.ts';
import { useTexts } from '../lib/texts.ts';
import type { Settings } from '../lib/types.ts';
import { Loading } from './basic.tsx';
import { ItemPickers, type Items } from './item-pickers.tsx';
import { DELIVERY_FIELD, FieldPickers, ORGANISATION_FIELD, type Picked } from './pickers.tsx';
import { ProblemNotice } from './problem.tsx';

type Faults = readonly { field: string; message: string }[];

/** Faults of a group of settings, by the use that they name. */
const faultsOf = (faults: Faults, group: string): Record<string, string> =>
  Object.fromEntries(
    faults
      .filter(({ field }) => field.startsWith(`${group}.`))
      .map(({ field, message }) => [field.slice(group.length + 1), message]),
  );
const named = <T extends object>(picked: Picked): T =>
  Object.fromEntries(Object.entries(picked).filter(([, name]) => name !== undefined)) as T;

/** What is picked, as settings hold it: uses without a field are left out. */
export const customFieldsOf = (picked: Picked): Settings['customFields'] => named(picked);
export const documentFieldsOf = (picked: Picked): Settings['documents']['fields'] => named(picked);

/** Where webCRM keeps what it has no field of its own for (C3): of organisations, of deliveries and of their lines. */
export function FieldSets({
  tenant,
  organisation,
  delivery,
  faults,
  items,
  onOrganisation,
  onDelivery,
  onItems,
}: {
  tenant: string;
  organisation: Picked;
  delivery: Picked;
  faults: Faults;
  items: Items;
  onOrganisation: (picked: Picked) => void;
  onDelivery: (picked: Picked) => void;
  onItems: (items: Items) => void;
}) {
  const { t } = useTexts();
  const fields = useFields(tenant);
  return (
    <>
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
              suggested={fields.data.suggested.customFields}
              pattern={ORGANISATION_FIELD}
              faults={faultsOf(faults, 'customFields')}
              onChange={onOrganisation}
            />
          </fieldset>
          <fieldset>
            <legend>{t('fields.delivery')}</legend>
            <FieldPickers
              uses={DELIVERY_USES}
              required="number"
              picked={delivery}
              fields={fields.data.delivery}
              suggested={fields.data.suggested.documents.fields}
              pattern={DELIVERY_FIELD}
              faults={faultsOf(faults, 'documents.fields')}
              onChange={onDelivery}
            />
          </fieldset>
          <fieldset>
            <legend>{t('fields.lines')}</legend>
            <ItemPickers
              items={items}
              lines={fields.data.lines}
              faults={faultsOf(faults, 'documents.items')}
              onChange={onItems}
            />
          </fieldset>
        </>
      )}
    </>
  );
}
