import { useTexts } from '../lib/texts.ts';

/** The parts of a long page by name: a press scrolls to one and takes the keyboard there. Each id is that of a `Panel`. */
export function Jump({ parts }: { parts: readonly { id: string; title: string }[] }) {
  const { t } = useTexts();
  const jump = (id: string) => {
    const part = document.getElementById(id);
    part?.scrollIntoView();
    part?.focus({ preventScroll: true });
  };
  return (
    <nav aria-label={t('jump')}>
      <ul class="chips jump">
        {parts.map(({ id, title }) => (
          <li key={id}>
            <button type="button" class="chip" onClick={() => jump(id)}>
              {title}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
