import { useTexts } from '../lib/texts.ts';
import type { CheckItem } from '../lib/types.ts';
import { Badge, type Tone } from './basic.tsx';
import type { IconName } from './icon.tsx';

const LOOK: Readonly<Record<CheckItem['level'], { tone: Tone; icon: IconName }>> = {
  fault: { tone: 'bad', icon: 'bad' },
  warning: { tone: 'warn', icon: 'warn' },
  note: { tone: 'ok', icon: 'ok' },
};
const ORDER = ['fault', 'warning', 'note'] as const;

/** What a check found, faults first; what is in order folds away. */
export function CheckList({ items }: { items: readonly CheckItem[] }) {
  const { t, count } = useTexts();
  const open = items.filter(({ level }) => level !== 'note');
  const fine = items.filter(({ level }) => level === 'note');
  const line = (item: CheckItem) => (
    <li key={item.name}>
      <Badge tone={LOOK[item.level].tone} icon={LOOK[item.level].icon}>
        {t(`check.${item.level}`)}
      </Badge>
      <span>
        {item.message}
        {item.remedy !== null && <span class="under">{item.remedy}</span>}
      </span>
    </li>
  );
  return (
    <>
      {open.length > 0 && (
        <ul class="checks">{[...open].sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level)).map(line)}</ul>
      )}
      {fine.length > 0 && (
        <details>
          <summary>{count('check.fine', fine.length)}</summary>
          <ul class="checks">{fine.map(line)}</ul>
        </details>
      )}
    </>
  );
}
