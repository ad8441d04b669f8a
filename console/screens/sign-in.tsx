import { useState } from 'preact/hooks';
import { post } from '../lib/api.ts';
import { useAction } from '../lib/load.ts';
import { useTexts } from '../lib/texts.ts';
import type { Session } from '../lib/types.ts';
import { Button, Notice } from '../parts/basic.tsx';
import { TextField } from '../parts/field.tsx';
import { Heading } from '../parts/page.tsx';
import { ProblemNotice } from '../parts/problem.tsx';

/** `ended`: somebody was signed in, and the service no longer takes it. */
export function SignIn({ ended, onSignedIn }: { ended: boolean; onSignedIn: (session: Session) => void }) {
  const { t } = useTexts();
  const [token, setToken] = useState('');
  const signIn = useAction(async () => onSignedIn(await post<Session>('/console/session', { token })));
  return (
    <div class="narrow">
      <Heading title={t('signIn.title')} />
      {ended && <Notice tone="info" icon="lock" title={t('signIn.ended')} />}
      <form
        class="panel form"
        onSubmit={(event) => {
          event.preventDefault();
          void signIn.run();
        }}
      >
        <p>{t('signIn.text')}</p>
        {/* A password manager keeps the token under this name. */}
        <input
          class="unseen"
          type="text"
          name="username"
          autoComplete="username"
          value="admin"
          tabIndex={-1}
          aria-hidden="true"
          readOnly
        />
        <TextField
          label={t('signIn.token')}
          type="password"
          autoComplete="current-password"
          value={token}
          onInput={setToken}
          help={t('signIn.help')}
          required
        />
        <ProblemNotice problem={signIn.problem} />
        <div class="actions">
          <Button type="submit" kind="main" icon="lock" busy={signIn.busy}>
            {t('signIn.do')}
          </Button>
        </div>
      </form>
    </div>
  );
}
