import { useState } from 'preact/hooks';
import { post } from '../lib/api.ts';
import { useAction } from '../lib/load.ts';
import { go, to } from '../lib/route.ts';
import { useTexts } from '../lib/texts.ts';
import type { Tenant } from '../lib/types.ts';
import { Button, LinkButton } from '../parts/basic.tsx';
import { TextField } from '../parts/field.tsx';
import { Heading } from '../parts/page.tsx';
import { ProblemNotice } from '../parts/problem.tsx';

/** The first step of connecting: what the pair of companies is called. */
export function NewTenant() {
  const { t } = useTexts();
  const [name, setName] = useState('');
  const make = useAction(async () => {
    const { tenant } = await post<{ tenant: Tenant }>('/api/tenants', { name: name.trim() });
    go('t', tenant.id, 'connect', 'webcrm');
  });
  return (
    <div class="narrow">
      <Heading title={t('new.title')} crumbs={[{ text: t('overview.title'), href: to() }]} />
      <form
        class="panel form"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') void make.run();
        }}
      >
        <p>{t('new.text')}</p>
        <ul class="plain-list">
          <li>{t('new.need.webcrm')}</li>
          <li>{t('new.need.fortnox')}</li>
        </ul>
        <TextField
          label={t('new.name')}
          value={name}
          onInput={setName}
          help={t('new.help')}
          autoComplete="organization"
          required
        />
        <ProblemNotice problem={make.problem} />
        <div class="actions">
          <Button needs="administer" type="submit" kind="main" busy={make.busy}>
            {t('new.do')}
          </Button>
          <LinkButton href={to()}>{t('cancel')}</LinkButton>
        </div>
      </form>
    </div>
  );
}
