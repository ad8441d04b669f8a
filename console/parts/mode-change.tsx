import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { get, ofTenant } from '../lib/api.ts';
import { useTexts } from '../lib/texts.ts';
import type { ModeChange, Settings, Tenant } from '../lib/types.ts';
import { Confirm } from './basic.tsx';

type Mode = Settings['documentMode'];
interface Asked {
  readonly mode: Mode;
  readonly change: ModeChange;
  readonly answer: (query: string | null) => void;
}

/** Shows what another mode concerns before it is stored (R49). */
export function useModeChange(tenant: Pick<Tenant, 'id' | 'settings'>): {
  /** The query to store with; null when the person thinks better of it. Raises what the service answers. */
  ask(mode: Mode | undefined): Promise<string | null>;
  readonly dialog: ComponentChildren;
} {
  const { t, number } = useTexts();
  const [asked, setAsked] = useState<Asked | null>(null);

  async function ask(mode: Mode | undefined): Promise<string | null> {
    if (mode === undefined || mode === tenant.settings.documentMode) return '';
    const change = await get<ModeChange>(ofTenant(tenant.id, '/document-mode'));
    if (change.kept.order + change.kept.invoice + change.waiting === 0) return '';
    return new Promise((resolve) =>
      setAsked({
        mode,
        change,
        answer(query) {
          setAsked(null);
          resolve(query);
        },
      }),
    );
  }

  const dialog = asked !== null && (
    <Confirm
      title={t(`modeChange.${asked.mode}`)}
      kind="main"
      yes={t('modeChange.do')}
      onYes={() => asked.answer('?confirm=documentMode')}
      onNo={() => asked.answer(null)}
    >
      <p>
        {t('modeChange.kept', {
          order: number(asked.change.kept.order),
          invoice: number(asked.change.kept.invoice),
        })}
      </p>
      <p>{t('modeChange.waiting', { n: number(asked.change.waiting) })}</p>
    </Confirm>
  );
  return { ask, dialog };
}
