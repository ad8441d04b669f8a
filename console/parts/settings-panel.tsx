import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useAction } from '../lib/load.ts';
import type { SettingsChange } from '../lib/settings.ts';
import { useTexts } from '../lib/texts.ts';
import { Button, Panel } from './basic.tsx';
import { ProblemNotice } from './problem.tsx';
import { type StoreSettingsProps, useStoreSettings } from './store-settings.tsx';

/** A panel that stores what was changed in it. */
export function SettingsPanel({
  tenant,
  setTenant,
  reload,
  id,
  title,
  change,
  clear,
  children,
}: StoreSettingsProps & {
  id: string;
  title: string;
  /** null: nothing was changed. */
  change: SettingsChange | null;
  clear: () => void;
  children: (faults: readonly { field: string; message: string }[]) => ComponentChildren;
}) {
  const { t } = useTexts();
  const [said, setSaid] = useState('');
  const settings = useStoreSettings({ tenant, setTenant, reload });
  const save = useAction(async (wanted: SettingsChange) => {
    if (!(await settings.store(wanted))) return;
    clear();
    setSaid(t('settings.saved'));
  });
  return (
    <Panel id={id} title={title}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (change !== null) void save.run(change);
        }}
      >
        {children(save.problem?.faults ?? [])}
        <ProblemNotice problem={save.problem} />
        {settings.dialog}
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
