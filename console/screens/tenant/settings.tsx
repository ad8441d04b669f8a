import { useState } from 'preact/hooks';
import { useFields } from '../../lib/fields.ts';
import { to } from '../../lib/route.ts';
import type { SettingsChange } from '../../lib/settings.ts';
import { useTexts } from '../../lib/texts.ts';
import type { Settings } from '../../lib/types.ts';
import { LinkButton, Loading, Panel } from '../../parts/basic.tsx';
import { CheckField } from '../../parts/field.tsx';
import { customFieldsOf, documentFieldsOf, FieldSets } from '../../parts/field-sets.tsx';
import { Jump } from '../../parts/jump.tsx';
import { type Picked, TypePicker } from '../../parts/pickers.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';
import { SettingsPanel } from '../../parts/settings-panel.tsx';
import type { Key } from '../../texts/en.ts';
import { STATUSES } from '../connect/documents-step.tsx';
import type { TenantProps } from '../tenant.tsx';
import { CodeTables } from './code-tables.tsx';
import { RemoveTenant } from './remove-tenant.tsx';
import { SettingLines } from './setting-lines.tsx';

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
      <SettingLines {...props} group="customers" />
      <SettingLines {...props} group="documents" />
      <Statuses {...props} />
      <Fields {...props} />
      <CodeTables {...props} />
      <SettingLines {...props} group="articles" />
      <SettingLines {...props} group="safety" />
      <RemoveTenant tenant={tenant} />
    </>
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
