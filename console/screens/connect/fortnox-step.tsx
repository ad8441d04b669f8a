import { useEffect, useState } from 'preact/hooks';
import { ofTenant, post, put } from '../../lib/api.ts';
import { useAction } from '../../lib/load.ts';
import { param, to } from '../../lib/route.ts';
import { useTexts } from '../../lib/texts.ts';
import { Badge, Button, Notice } from '../../parts/basic.tsx';
import { CheckList } from '../../parts/check-list.tsx';
import { TextField } from '../../parts/field.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';
import type { StepProps } from './connect.tsx';
import { StepFrame } from './step-frame.tsx';

/** Fortnox by a button: the company approves at Fortnox, and the browser comes back here. */
export function FortnoxStep({ tenant, credentials, credentialsChanged, check, next, back, reload }: StepProps) {
  const { t, maybe, error } = useTexts();
  const [token, setToken] = useState('');
  const isStored = credentials.has('fortnox-tokens');
  const begin = useAction(async () => {
    const { url } = await post<{ url: string }>(ofTenant(tenant.id, '/fortnox/authorize'), {
      returnTo: `/${to('t', tenant.id, 'connect', 'fortnox')}`,
    });
    location.assign(url);
  });
  const paste = useAction(async () => {
    await put(ofTenant(tenant.id, '/credentials/fortnox'), { grant: 'refresh_token', refreshToken: token.trim() });
    setToken('');
    await Promise.all([credentialsChanged(), reload()]);
    await check.run();
  });
  const look = useAction(async () => {
    await Promise.all([credentialsChanged(), reload()]);
    await check.run();
  });
  const end = param('fortnox');
  // Whoever comes back from Fortnox wants to know what it brought.
  useEffect(() => {
    if (end === 'connected') void look.run();
  }, [end]);
  const refusal = end === null || end === 'connected' ? null : end;
  const items = check.data?.items.filter(({ name }) => /^fortnox-/.test(name)) ?? [];
  return (
    <StepFrame title={t('fortnox.title')} text={t('fortnox.text')} back={back} onNext={isStored ? next : null}>
      {refusal !== null && (
        <Notice tone="bad" icon="bad" title={t('fortnox.refused')}>
          <p>{maybe(`fortnox.end.${refusal}`, error(refusal) ?? refusal)}</p>
        </Notice>
      )}
      {isStored && (
        <p>
          <Badge tone="ok" icon="ok">
            {t('fortnox.stored')}
          </Badge>
        </p>
      )}
      <div class="actions">
        <Button needs="administer" kind={isStored ? 'plain' : 'main'} icon="link" busy={begin.busy} onClick={begin.run}>
          {isStored ? t('fortnox.again') : t('fortnox.do')}
        </Button>
        {isStored && (
          <Button needs="operate" icon="sync" busy={look.busy || check.busy} onClick={look.run}>
            {t('check.do')}
          </Button>
        )}
      </div>
      <ProblemNotice problem={begin.problem ?? look.problem} />
      <CheckList items={items} />
      <details>
        <summary>{t('fortnox.other')}</summary>
        <TextField
          label={t('fortnox.refreshToken')}
          type="password"
          value={token}
          onInput={setToken}
          help={t('fortnox.otherHelp')}
        />
        <ProblemNotice problem={paste.problem} />
        <Button needs="administer" busy={paste.busy} disabled={token.trim() === ''} onClick={paste.run}>
          {t('fortnox.store')}
        </Button>
      </details>
    </StepFrame>
  );
}
