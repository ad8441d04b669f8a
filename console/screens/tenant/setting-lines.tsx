import { useState } from 'preact/hooks';
import { SETTING_LINES, type SettingGroup, type SettingLine } from '../../lib/setting-lines.ts';
import { changeAt, type SettingsChange, valueAt } from '../../lib/settings.ts';
import { useTexts } from '../../lib/texts.ts';
import type { Settings } from '../../lib/types.ts';
import { Switch } from '../../parts/basic.tsx';
import { SelectField, TextField } from '../../parts/field.tsx';
import { SettingsPanel } from '../../parts/settings-panel.tsx';
import type { Key } from '../../texts/en.ts';
import type { TenantProps } from '../tenant.tsx';

/** The settings of a group, line by line. */
export function SettingLines({ group, ...props }: TenantProps & { group: SettingGroup }) {
  const { t } = useTexts();
  const [draft, setDraft] = useState<Readonly<Record<string, unknown>>>({});
  const lines: readonly SettingLine[] = SETTING_LINES[group];
  const { settings } = props.tenant;
  const changed = Object.entries(draft).filter(([path, value]) => value !== valueAt(settings, path));
  const change = changed.length === 0 ? null : merged(settings, changed);
  return (
    <SettingsPanel {...props} id={group} title={t(`settings.${group}`)} change={change} clear={() => setDraft({})}>
      {(faults) => (
        <div class="grid">
          {lines.map((line) => (
            <Line
              key={line.path}
              line={line}
              value={line.path in draft ? draft[line.path] : valueAt(settings, line.path)}
              fault={faults.find(({ field }) => field === line.path)?.message}
              onChange={(value) => setDraft({ ...draft, [line.path]: value })}
            />
          ))}
        </div>
      )}
    </SettingsPanel>
  );
}

/** Several changes as one; `reconcile` is taken as a whole. */
function merged(settings: Settings, changes: readonly (readonly [string, unknown])[]): SettingsChange {
  const all: Record<string, unknown> = {};
  for (const [path, value] of changes) {
    const [top = '', rest] = path.split('.');
    if (rest === undefined) all[top] = value;
    else {
      const base = all[top] ?? (top === 'reconcile' ? settings.reconcile : {});
      all[top] = { ...(base as object), ...((changeAt(path, value) as Record<string, object>)[top] ?? {}) };
    }
  }
  return all;
}

function Line({
  line,
  value,
  fault,
  onChange,
}: {
  line: SettingLine;
  value: unknown;
  fault: string | undefined;
  onChange: (value: unknown) => void;
}) {
  const { t, maybe } = useTexts();
  const label = t(`set.${line.path}` as Key);
  const help = t(`set.${line.path}.help` as Key);
  if (line.kind === 'switch')
    return (
      <div class="field">
        <Switch on={value === true} onChange={onChange} label={label} />
        <p class="help">{help}</p>
      </div>
    );
  if (line.kind === 'choice')
    return (
      <SelectField
        label={label}
        help={help}
        error={fault}
        value={String(value)}
        onChange={onChange}
        options={line.values.map((one) => ({
          value: one,
          text: maybe(`opt.${line.path}.${one}`, maybe(`deliveryStatus.${one}`, maybe(one, one))),
        }))}
      />
    );
  if (line.kind === 'number')
    return (
      <TextField
        label={label}
        help={help}
        error={fault}
        type="number"
        min={line.min}
        max={line.max}
        value={value === null ? '' : String(value)}
        onInput={(text) => onChange(text === '' ? null : Number(text))}
      />
    );
  return (
    <TextField
      label={label}
      help={help}
      error={fault}
      type={line.kind}
      value={String(value ?? '')}
      onInput={(text) => onChange(text === '' && line.nullable ? null : text)}
    />
  );
}
