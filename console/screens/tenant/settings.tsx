import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { ofTenant, patch } from '../../lib/api.ts';
import { useFields } from '../../lib/fields.ts';
import { useAction } from '../../lib/load.ts';
import { to } from '../../lib/route.ts';
import { SETTING_LINES, type SettingGroup, type SettingLine } from '../../lib/setting-lines.ts';
import { changeAt, type SettingsChange, valueAt } from '../../lib/settings.ts';
import { useTexts } from '../../lib/texts.ts';
import type { Settings } from '../../lib/types.ts';
import { Button, LinkButton, Loading, Panel, Switch } from '../../parts/basic.tsx';
import { CheckField, SelectField, TextField } from '../../parts/field.tsx';
import { customFieldsOf, documentFieldsOf, FieldSets } from '../../parts/field-sets.tsx';
import { Jump } from '../../parts/jump.tsx';
import { useModeChange } from '../../parts/mode-change.tsx';
import { type Picked, TypePicker } from '../../parts/pickers.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';
import type { Key } from '../../texts/en.ts';
import { STATUSES } from '../connect/documents-step.tsx';
import type { TenantProps } from '../tenant.tsx';
import { CodeTables } from './code-tables.tsx';
import { RemoveTenant } from './remove-tenant.tsx';

/** The panels in their order. */
const PARTS = [
  { id: 'connection', title: 'connection' },
  { id: 'types', title: 'types.title' },
  { id: 'customers', title: 'settings.customers' },
  { id: 'documents', title: 'settings.documents' },
  { id: 'statuses', title: 'documents.statuses' },
  { id: 'fields', title: 'fields.title' },
  { id: 'tables', title: 'tables.title' },
  { id: 'articles', title: 'settings.articles' },
  { id: 'safety', title: 'settings.safety' },
  { id: 'remove', title: 'remove.title' },
] as const satisfies readonly { id: string; title: Key }[];
type PartId = (typeof PARTS)[number]['id'];

/** Every setting with what it means, stored panel by panel. */
export function SettingsScreen(props: TenantProps) {
  const { tenant } = props;
  const { t } = useTexts();
  return (
    <>
      <Jump parts={PARTS.map(({ id, title }) => ({ id, title: t(title) }))} />
      <Panel
        id="connection"
        title={t('connection')}
        actions={
          <LinkButton href={to('t', tenant.id, 'connect', 'webcrm')} icon="link">
            {t('settings.wizard')}
          </LinkButton>
        }
      >
        <p class="lead">{t('settings.connectionText')}</p>
        <dl class="summary">
          <div>
            <dt>{t('settings.company')}</dt>
            <dd>{tenant.fortnoxDatabaseNumber ?? t('none')}</dd>
          </div>
          <div>
            <dt>{t('settings.id')}</dt>
            <dd>
              <code>{tenant.id}</code>
            </dd>
          </div>
        </dl>
      </Panel>
      <Types {...props} />
      <Lines {...props} group="customers" />
      <Lines {...props} group="documents" />
      <Statuses {...props} />
      <Fields {...props} />
      <CodeTables {...props} />
      <Lines {...props} group="articles" />
      <Lines {...props} group="safety" />
      <RemoveTenant tenant={tenant} />
    </>
  );
}

/** A panel that stores what was changed in it. */
export function SettingsPanel({
  tenant,
  setTenant,
  id,
  title,
  change,
  clear,
  children,
}: Pick<TenantProps, 'tenant' | 'setTenant'> & {
  id: PartId;
  title: string;
  /** null: nothing was changed. */
  change: SettingsChange | null;
  clear: () => void;
  children: (faults: readonly { field: string; message: string }[]) => ComponentChildren;
}) {
  const { t } = useTexts();
  const [said, setSaid] = useState('');
  const mode = useModeChange(tenant);
  const save = useAction(async () => {
    const query = await mode.ask(change?.documentMode);
    if (query === null) return;
    const settings = await patch<Settings>(ofTenant(tenant.id, `/settings${query}`), change);
    setTenant({ ...tenant, settings });
    clear();
    setSaid(t('settings.saved'));
  });
  return (
    <Panel id={id} title={title}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (change !== null) void save.run();
        }}
      >
        {children(save.problem?.faults ?? [])}
        <ProblemNotice problem={save.problem} />
        {mode.dialog}
        <div class="actions">
          <Button needs="administer" type="submit" kind="main" busy={save.busy} disabled={change === null}>
            {t('settings.save')}
          </Button>
          {change !== null && <Button onClick={clear}>{t('settings.undo')}</Button>}
          <span role="status" class="said">
            {change === null ? said : ''}
          </span>
        </div>
      </form>
    </Panel>
  );
}

function Lines({ group, ...props }: TenantProps & { group: SettingGroup }) {
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

function Types(props: TenantProps) {
  const { t } = useTexts();
  const { settings } = props.tenant;
  const fields = useFields(props.tenant.id);
  const [types, setTypes] = useState<Settings['types'] | null>(null);
  const picked = types ?? settings.types;
  const fitting = (kind: 'company' | 'private') => {
    const names = picked.filter((one) => one.kind === kind).map(({ type }) => type);
    const present = settings.defaultType[kind];
    return present !== null && names.includes(present) ? present : (names[0] ?? null);
  };
  const change =
    types === null || types.length === 0
      ? null
      : { types, defaultType: { company: fitting('company'), private: fitting('private') } };
  return (
    <SettingsPanel {...props} id="types" title={t('types.title')} change={change} clear={() => setTypes(null)}>
      {() => (
        <>
          <p class="lead">{t('types.text')}</p>
          {fields.data === undefined && fields.problem === null && <Loading />}
          <ProblemNotice problem={fields.problem} />
          <TypePicker types={fields.data?.types ?? []} picked={picked} onChange={setTypes} />
          {picked.length === 0 && <p class="fault">{t('types.one')}</p>}
        </>
      )}
    </SettingsPanel>
  );
}

function Statuses(props: TenantProps) {
  const { t } = useTexts();
  const stored = props.tenant.settings.documents.sendStatuses;
  const [picked, setPicked] = useState<Settings['documents']['sendStatuses'] | null>(null);
  const present = picked ?? stored;
  return (
    <SettingsPanel
      {...props}
      id="statuses"
      title={t('documents.statuses')}
      change={picked === null ? null : { documents: { sendStatuses: picked } }}
      clear={() => setPicked(null)}
    >
      {() => (
        <>
          <p class="lead">{t('documents.statusesHelp')}</p>
          {STATUSES.map((status) => (
            <CheckField
              key={status}
              label={t(`deliveryStatus.${status}`)}
              checked={present.includes(status)}
              onChange={(on) => setPicked(STATUSES.filter((one) => (one === status ? on : present.includes(one))))}
            />
          ))}
        </>
      )}
    </SettingsPanel>
  );
}

function Fields(props: TenantProps) {
  const { t } = useTexts();
  const { settings } = props.tenant;
  const [organisation, setOrganisation] = useState<Picked | null>(null);
  const [delivery, setDelivery] = useState<Picked | null>(null);
  const [items, setItems] = useState<Settings['documents']['items'] | null>(null);
  const documents = {
    ...(delivery === null ? {} : { fields: documentFieldsOf(delivery) }),
    ...(items === null ? {} : { items }),
  };
  const change: SettingsChange | null =
    organisation === null && delivery === null && items === null
      ? null
      : {
          ...(organisation === null ? {} : { customFields: customFieldsOf(organisation) }),
          ...(delivery === null && items === null ? {} : { documents }),
        };
  return (
    <SettingsPanel
      {...props}
      id="fields"
      title={t('fields.title')}
      change={change}
      clear={() => {
        setOrganisation(null);
        setDelivery(null);
        setItems(null);
      }}
    >
      {(faults) => (
        <>
          <p class="lead">{t('fields.text')}</p>
          <FieldSets
            tenant={props.tenant.id}
            organisation={organisation ?? settings.customFields}
            delivery={delivery ?? settings.documents.fields}
            items={items ?? settings.documents.items}
            faults={faults}
            onOrganisation={setOrganisation}
            onDelivery={setDelivery}
            onItems={setItems}
          />
        </>
      )}
    </SettingsPanel>
  );
}
