import { useState } from 'preact/hooks';
import { get, ofTenant, post } from '../../lib/api.ts';
import { useCurrentInView } from '../../lib/in-view.ts';
import { useAction, useLoad } from '../../lib/load.ts';
import { go, to } from '../../lib/route.ts';
import type { SettingsChange } from '../../lib/settings.ts';
import { useTexts } from '../../lib/texts.ts';
import type { Check } from '../../lib/types.ts';
import { Icon } from '../../parts/icon.tsx';
import { Heading } from '../../parts/page.tsx';
import { useStoreSettings } from '../../parts/store-settings.tsx';
import type { TenantProps } from '../tenant.tsx';
import { DocumentsStep } from './documents-step.tsx';
import { DryRunStep } from './dry-run-step.tsx';
import { FieldsStep } from './fields-step.tsx';
import { FortnoxStep } from './fortnox-step.tsx';
import { GoStep } from './go-step.tsx';
import { TypesStep } from './types-step.tsx';
import { WebcrmStep } from './webcrm-step.tsx';

export const STEPS = ['webcrm', 'fortnox', 'types', 'documents', 'fields', 'dry-run', 'go'] as const;
export type StepName = (typeof STEPS)[number];

export interface StepProps extends TenantProps {
  readonly credentials: ReadonlySet<string>;
  readonly credentialsChanged: () => Promise<void>;
  readonly check: { readonly data: Check | null; readonly busy: boolean; readonly run: () => Promise<boolean> };
  /** Stores a part of the settings; raises what the service says of it. False: the person thought better of it. */
  readonly save: (change: SettingsChange) => Promise<boolean>;
  readonly next: () => void;
  readonly back: (() => void) | null;
}

/** From nothing to a connected tenant, one question at a time. Each step may be come back to later. */
export function ConnectScreen(props: TenantProps & { step: string | undefined }) {
  const { tenant } = props;
  const { t } = useTexts();
  const step = STEPS.find((name) => name === props.step) ?? 'webcrm';
  const stored = useLoad(`credentials ${tenant.id}`, (signal) =>
    get<{ items: { name: string }[] }>(ofTenant(tenant.id, '/credentials'), signal),
  );
  const [check, setCheck] = useState<Check | null>(null);
  const runCheck = useAction(async () => setCheck(await post<Check>(ofTenant(tenant.id, '/check'))));
  const credentials = new Set(stored.data?.items.map(({ name }) => name) ?? []);
  const at = STEPS.indexOf(step);
  const place = (name: StepName) => to('t', tenant.id, 'connect', name);
  // Once connected, every question was answered; before, those that lie behind.
  const wasConnected = tenant.state !== 'new';
  const row = useCurrentInView<HTMLOListElement>(step);
  const isDone: Readonly<Record<StepName, boolean>> = {
    webcrm: credentials.has('webcrm-token'),
    fortnox: credentials.has('fortnox-tokens'),
    types: wasConnected || at > 2,
    documents: wasConnected || at > 3,
    fields: wasConnected || at > 4,
    'dry-run': wasConnected || at > 5,
    go: wasConnected,
  };
  const settings = useStoreSettings(props);
  const stepProps: StepProps = {
    ...props,
    credentials,
    credentialsChanged: stored.reload,
    check: { data: check, busy: runCheck.busy, run: runCheck.run },
    save: settings.store,
    next: () => {
      const following = STEPS[at + 1];
      if (following !== undefined) go('t', tenant.id, 'connect', following);
    },
    back: at === 0 ? null : () => go('t', tenant.id, 'connect', STEPS[at - 1] ?? 'webcrm'),
  };
  const Step = SCREENS[step];
  return (
    <>
      {settings.dialog}
      <Heading
        title={t('connect.title', { name: tenant.name })}
        crumbs={[
          { text: t('overview.title'), href: to() },
          { text: tenant.name, href: to('t', tenant.id) },
        ]}
      />
      <div class="wizard">
        <nav aria-label={t('connect.steps')}>
          <ol ref={row}>
            {STEPS.map((name, index) => (
              <li key={name}>
                <a href={place(name)} aria-current={name === step ? 'step' : undefined}>
                  <span class={`step-number${isDone[name] ? ' done' : ''}`} aria-hidden="true">
                    {isDone[name] && name !== step ? <Icon name="ok" /> : index + 1}
                  </span>
                  <span>{t(`step.${name}`)}</span>
                  {isDone[name] && name !== step && <span class="unseen">{t('step.done')}</span>}
                </a>
              </li>
            ))}
          </ol>
        </nav>
        <div class="wizard-step">
          <Step key={step} {...stepProps} />
        </div>
      </div>
    </>
  );
}

const SCREENS: Readonly<Record<StepName, (props: StepProps) => preact.JSX.Element>> = {
  webcrm: WebcrmStep,
  fortnox: FortnoxStep,
  types: TypesStep,
  documents: DocumentsStep,
  fields: FieldsStep,
  'dry-run': DryRunStep,
  go: GoStep,
};
