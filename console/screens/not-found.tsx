import { to } from '../lib/route.ts';
import { useTexts } from '../lib/texts.ts';
import { Empty, LinkButton } from '../parts/basic.tsx';
import { Heading } from '../parts/page.tsx';

export function NotFound() {
  const { t } = useTexts();
  return (
    <>
      <Heading title={t('notFound.title')} />
      <Empty icon="search" title={t('notFound.text')}>
        <LinkButton href={to()} kind="main">
          {t('overview.title')}
        </LinkButton>
      </Empty>
    </>
  );
}
