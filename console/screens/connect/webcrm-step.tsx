import { useState } from 'preact/hooks';
import { ofTenant, put } from '../../lib/api.ts';
import { useAction } from '../../lib/load.ts';
import { useTexts } from '../../lib/texts.ts';
import { Badge } from '../../parts/basic.tsx';
import { CheckList } from '../../parts/check-list.tsx';
import { TextField } from '../../parts/field.tsx';
import type { StepProps } from './connect.tsx';
import { StepFrame } from './step-frame.tsx';

/** webCRM's application token: tried at once, then what else webCRM is missing. */
export function WebcrmStep({ tenant, credentials, credentialsChanged, check, next, back, reload }: StepProps) {
  const { t } = useTexts();
  const [token, setToken] = useState('');
  const isStored = credentials.has('webcrm-token');
  const store = useAction(async () => {
    await put(ofTenant(tenant.id, '/credentials/webcrm'), { applicationToken: token.trim() });
    setToken('');
    await Promise.all([credentialsChanged(), reload()]);
    await check.run();
  });
  // What the settings are to say is asked later: only the connection itself matters here.
  const items =
    check.data?.items.filter(({ name }) => /^webcrm-(credentials|hooks|register|deliveries|lines)$/.test(name)) ?? [];
  const isTyped = token.trim() !== '';
  return (
    <StepFrame
      title={t('webcrm.title')}
      text={t('webcrm.text')}
      problem={store.problem}
      busy={store.busy || check.busy}
      back={back}
      onNext={isTyped || !isStored ? store.run : next}
      nextText={isTyped || !isStored ? t('webcrm.do') : t('next')}
      nextDisabled={!isTyped && !isStored}
    >
      {isStored && (
        <p>
          <Badge tone="ok" icon="ok">
            {t('webcrm.stored')}
          </Badge>
        </p>
      )}
      <ol class="how">
        <li>{t('webcrm.how1')}</li>
        <li>{t('webcrm.how2')}</li>
        <li>{t('webcrm.how3')}</li>
      </ol>
      <TextField
        label={isStored ? t('webcrm.newToken') : t('webcrm.token')}
        type="password"
        value={token}
        onInput={setToken}
        help={t('webcrm.help')}
      />
      <CheckList items={items} />
    </StepFrame>
  );
}
