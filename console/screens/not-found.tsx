import { to } from '../lib/route.ts';
import { useTexts } from '../lib/texts.ts';
import { Empty, LinkButton } from '../parts/basic.tsx';
import { Heading } from '../parts/page.tsx';

/** `text`: what is not there, where more is known than the address. */
export function NotFound({ text }: { text?: string }) {
  const { t } = useTexts();
  return (
    <>
      <Heading title={t('notFound.title')} />
      <Empty icon="search" title={text ?? t('notFound.text')}>
        <LinkButton href={to()} kind="main">
          {t('overview.title')}
        </LinkButton>
      </Empty>
    </>
  );
}
