import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { useTexts } from '../lib/texts.ts';

/** A screen's heading; the browser's tab says the same. */
export function Heading({
  title,
  crumbs,
  badge,
  actions,
  level = 1,
}: {
  title: string;
  crumbs?: readonly { text: string; href: string }[];
  badge?: ComponentChildren;
  actions?: ComponentChildren;
  /** 2: below a heading that stays. */
  level?: 1 | 2;
}) {
  const { t } = useTexts();
  useEffect(() => {
    document.title = `${title} - ${t('brand')}`;
  }, [title, t]);
  return (
    <div class="heading">
      {crumbs !== undefined && level === 2 && (
        <p class="crumbs">
          {crumbs.map(({ text, href }) => (
            <a key={href} href={href}>
              {text}
            </a>
          ))}
        </p>
      )}
      {crumbs !== undefined && level === 1 && (
        <nav aria-label={t('crumbs')} class="crumbs">
          {crumbs.map(({ text, href }) => (
            <a key={href} href={href}>
              {text}
            </a>
          ))}
        </nav>
      )}
      <div class="heading-row">
        {level === 1 ? <h1>{title}</h1> : <h2 class="big">{title}</h2>}
        {badge}
        {actions !== undefined && <div class="actions">{actions}</div>}
      </div>
    </div>
  );
}
