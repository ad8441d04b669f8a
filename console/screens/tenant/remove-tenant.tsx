import { useState } from 'preact/hooks';
import { del, ofTenant } from '../../lib/api.ts';
import { useAction } from '../../lib/load.ts';
import { go } from '../../lib/route.ts';
import { useTexts } from '../../lib/texts.ts';
import type { Tenant } from '../../lib/types.ts';
import { Button, Confirm, Panel } from '../../parts/basic.tsx';
import { TextField } from '../../parts/field.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';

/** The end of a tenant: whoever removes it types its name first. */
export function RemoveTenant({ tenant: { id, name } }: { tenant: Pick<Tenant, 'id' | 'name'> }) {
  const { t } = useTexts();
  const [typed, setTyped] = useState<string | null>(null);
  const remove = useAction(async (force: boolean) => {
    await del(ofTenant(id), { name: typed ?? '', ...(force ? { force } : {}) });
    go();
  });
  const isLeft = remove.problem?.code === 'hooks-left';
  return (
    <Panel id="remove" title={t('remove.title')}>
      <p class="lead">{t('remove.text')}</p>
      <div class="actions">
        <Button needs="administer" kind="danger" onClick={() => setTyped('')}>
          {t('remove.do')}
        </Button>
      </div>
      {typed !== null && (
        <Confirm
          title={t('remove.ask', { name })}
          yes={t(isLeft ? 'remove.force' : 'remove.do')}
          busy={remove.busy}
          disabled={typed.trim() !== name}
          onYes={() => remove.run(isLeft)}
          onNo={() => setTyped(null)}
        >
          <p>{t('remove.what')}</p>
          <TextField label={t('remove.name', { name })} value={typed} onInput={setTyped} required />
          <ProblemNotice problem={remove.problem} />
          {isLeft && <p>{t('remove.left')}</p>}
        </Confirm>
      )}
    </Panel>
  );
}
