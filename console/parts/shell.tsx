import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { del } from '../lib/api.ts';
import { useAction } from '../lib/load.ts';
import { type Route, to } from '../lib/route.ts';
import { LANGUAGES, type Language, useTexts } from '../lib/texts.ts';
import { applyTheme, currentTheme, THEMES, type Theme } from '../lib/theme.ts';
import type { Session } from '../lib/types.ts';
import { Button, LinkButton } from './basic.tsx';
import { Icon, type IconName } from './icon.tsx';
import { ProblemNotice } from './problem.tsx';

const THEME_ICONS: Readonly<Record<Theme, IconName>> = { system: 'device', light: 'sun', dark: 'moon' };

/** What every screen has around it: where one is, language, appearance, sign-out. */
export function Shell({
  session,
  route,
  speak,
  onSignedOut,
  children,
}: {
  session: Session | null;
  route: Route;
  speak: (language: Language) => Promise<void>;
  onSignedOut: () => void;
  children: ComponentChildren;
}) {
  const { t, language } = useTexts();
  const [theme, setTheme] = useState(currentTheme);
  const main = useRef<HTMLElement>(null);
  const signOut = useAction(async () => {
    await del('/console/session');
    onSignedOut();
  });
  const choose = useAction(speak);

  // A new place is read from its beginning, by eye and by ear.
  const place = route.slice(0, 3).join('/');
  const isFirst = useRef(true);
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [place]);

  const nextTheme = () => {
    const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
    applyTheme(next);
    setTheme(next);
  };
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {t('skip')}
      </button>
      <header class="top">
        <a class="brand" href={to()}>
          <span class="mark" aria-hidden="true">
            <Icon name="sync" />
          </span>
          <span class="words">{t('brand')}</span>
        </a>
        <div class="top-tools">
          <label class="compact">
            <span class="unseen">{t('language')}</span>
            <select value={language} onChange={(event) => void choose.run(event.currentTarget.value as Language)}>
              {Object.entries(LANGUAGES).map(([code, name]) => (
                <option key={code} value={code} lang={code}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <Button icon={THEME_ICONS[theme]} label={t('theme', { theme: t(`theme.${theme}`) })} onClick={nextTheme} />
          {session?.sandboxUrl && <LinkButton href={session.sandboxUrl}>{t('sandbox')}</LinkButton>}
          {session?.signedIn && (
            <Button icon="out" busy={signOut.busy} onClick={signOut.run}>
              <span class="words">{t('signOut')}</span>
            </Button>
          )}
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <ProblemNotice problem={signOut.problem ?? choose.problem} />
        {children}
      </main>
    </>
  );
}
