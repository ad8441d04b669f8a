import type { Paged } from '../lib/paged.ts';
import { useTexts } from '../lib/texts.ts';
import { Button } from './basic.tsx';

/** Reads on in a list; nothing at its end. */
export function More({ list }: { list: Pick<Paged<unknown>, 'more' | 'moreBusy'> }) {
  const { t } = useTexts();
  if (list.more === null) return null;
  return (
    <div class="more">
      <Button busy={list.moreBusy} onClick={list.more}>
        {t('more')}
      </Button>
    </div>
  );
}
