import type { LineField } from '../lib/fields.ts';
import { useTexts } from '../lib/texts.ts';
import type { Settings } from '../lib/types.ts';
import { SelectField } from './field.tsx';

export type Items = Settings['documents']['items'];
const USES = ['number', 'name', 'unit'] as const satisfies readonly (keyof Items)[];

/** Which DataN of quotation lines and register holds what of an article; what lines hold there is shown beside it. */
export function ItemPickers({
  items,
  lines,
  faults,
  onChange,
}: {
  items: Items;
  lines: readonly LineField[];
  faults: Readonly<Record<string, string>>;
  onChange: (items: Items) => void;
}) {
  const { t } = useTexts();
  const textOf = ({ name, label, values }: LineField) =>
    [
      label === null ? name : `${label} (${name})`,
      ...(values.length === 0 ? [] : [t('fields.example', { values: values.join(', ') })]),
    ].join(', ');
  return (
    <div class="grid">
      {USES.map((use) => (
        <SelectField
          key={use}
          label={t(`item.${use}`)}
          value={items[use] === null ? '' : String(items[use])}
          error={faults[use]}
          onChange={(value) => onChange({ ...items, [use]: value === '' ? null : Number(value) })}
          options={[
            ...(use === 'unit' ? [{ value: '', text: t('fields.none') }] : []),
            ...lines.map((line) => ({ value: String(line.n), text: textOf(line) })),
          ]}
        />
      ))}
    </div>
  );
}
