import type { VendorField } from '../lib/fields.ts';
import { useTexts } from '../lib/texts.ts';
import { Button } from './basic.tsx';
import { SelectField } from './field.tsx';

/** The field of each use. */
export type Picked = Readonly<Record<string, string | undefined>>;

/**
 * Which field of webCRM holds what. Only fields that the setting takes (`pattern`) and that webCRM has are offered, each by its label, and
 * those that the service suggests by one click.
 */
export function FieldPickers({
  uses,
  required,
  picked,
  fields,
  suggested,
  pattern,
  faults,
  onChange,
}: {
  uses: readonly string[];
  required: string;
  picked: Picked;
  fields: readonly VendorField[];
  suggested: Readonly<Record<string, string>>;
  pattern: RegExp;
  faults: Readonly<Record<string, string>>;
  onChange: (picked: Picked) => void;
}) {
  const { t, field, maybe } = useTexts();
  const usable = fields.filter(({ name }) => pattern.test(name));
  const taken = new Set(Object.values(picked).filter((name) => name !== undefined));
  const offered = uses.flatMap((use) => {
    const name = suggested[use];
    return name === undefined || picked[use] !== undefined || taken.has(name) ? [] : [[use, name] as const];
  });
  const labelOf = ({ name, label, maxLength }: VendorField) =>
    `${name.endsWith(label) ? name : `${label} (${name})`}${maxLength === null ? '' : `, ${t('fields.length', { n: maxLength })}`}`;
  return (
    <>
      {offered.length > 0 && (
        <p class="suggest">
          <Button icon="ok" onClick={() => onChange({ ...picked, ...Object.fromEntries(offered) })}>
            {t('fields.suggest', { n: offered.length })}
          </Button>{' '}
          <span class="quiet">{offered.map(([use, name]) => `${field(use)}: ${name}`).join(', ')}</span>
        </p>
      )}
      <div class="grid">
        {uses.map((use) => {
          const present = picked[use];
          const isUnknown = present !== undefined && !usable.some(({ name }) => name === present);
          return (
            <SelectField
              key={use}
              label={maybe(`use.${use}`, field(use))}
              value={present ?? ''}
              error={faults[use]}
              onChange={(value) => onChange({ ...picked, [use]: value === '' ? undefined : value })}
              options={[
                ...(use === required ? [] : [{ value: '', text: t('fields.none') }]),
                ...(isUnknown ? [{ value: present, text: present }] : []),
                ...usable
                  .filter(({ name }) => name === present || !Object.values(picked).includes(name))
                  .map((one) => ({ value: one.name, text: labelOf(one) })),
              ]}
            />
          );
        })}
      </div>
    </>
  );
}

export const ORGANISATION_FIELD =
  /^Organisation(Custom(1[0-5]|[1-9])|ExtraCustom[1-8]|XText[1-8]|Plus(20|1[0-9]|[1-9])|XMemo[12])$/;
export const DELIVERY_FIELD =
  /^Delivery(Number|Custom(1[0-5]|[1-9])|Plus(20|1[0-9]|[1-9])|Search[12]|Description|Note|Memo|Comment)$/;

/** Which Types go to Fortnox, and which kind of customer each stands for. */
export function TypePicker({
  types,
  picked,
  onChange,
}: {
  types: readonly string[];
  picked: readonly { type: string; kind: 'company' | 'private' }[];
  onChange: (picked: { type: string; kind: 'company' | 'private' }[]) => void;
}) {
  const { t } = useTexts();
  const all = [...new Set([...types, ...picked.map(({ type }) => type)])];
  return (
    <table class="types">
      <caption class="unseen">{t('types.title')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('types.send')}</th>
          <th scope="col">{t('types.kind')}</th>
        </tr>
      </thead>
      <tbody>
        {all.map((type) => {
          const found = picked.find((one) => one.type === type);
          const rest = picked.filter((one) => one.type !== type);
          return (
            <tr key={type}>
              <td>
                <label class="inline">
                  <input
                    type="checkbox"
                    checked={found !== undefined}
                    onChange={(event) =>
                      onChange(
                        event.currentTarget.checked
                          ? [...rest, { type, kind: /privat/i.test(type) ? 'private' : 'company' }]
                          : rest,
                      )
                    }
                  />
                  {type}
                  {types.length > 0 && !types.includes(type) && <span class="fault"> {t('types.absent')}</span>}
                </label>
              </td>
              <td>
                {found !== undefined && (
                  <select
                    aria-label={t('types.kindOf', { type })}
                    value={found.kind}
                    onChange={(event) =>
                      onChange(
                        picked.map((one) =>
                          one.type === type ? { type, kind: event.currentTarget.value as 'company' | 'private' } : one,
                        ),
                      )
                    }
                  >
                    <option value="company">{t('kind.company')}</option>
                    <option value="private">{t('kind.private')}</option>
                  </select>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
