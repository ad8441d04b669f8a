import { formats } from '../../lib/format.ts';
import { useTexts } from '../../lib/texts.ts';
import type { ImportRun } from '../../lib/types.ts';
import { Badge, Progress, type Tone } from '../../parts/basic.tsx';
import type { IconName } from '../../parts/icon.tsx';
import { partsText } from './pauses.tsx';

export const IMPORT_LOOK: Readonly<Record<ImportRun['state'], { tone: Tone; icon: IconName }>> = {
  listing: { tone: 'info', icon: 'sync' },
  comparing: { tone: 'info', icon: 'sync' },
  running: { tone: 'info', icon: 'sync' },
  ready: { tone: 'warn', icon: 'person' },
  stopped: { tone: 'quiet', icon: 'pause' },
  done: { tone: 'ok', icon: 'ok' },
  failed: { tone: 'bad', icon: 'bad' },
};

/** Where an import is, and how long it will take. */
export function ImportProgress({ run }: { run: ImportRun }) {
  const texts = useTexts();
  const { t, number, count } = texts;
  const { duration } = formats(texts);
  const { tone, icon } = IMPORT_LOOK[run.state];
  const done = run.state === 'running' || run.state === 'stopped' ? run.done : run.compared;
  const isMoving = run.state === 'comparing' || run.state === 'running' || run.state === 'listing';
  return (
    <div class="import-progress">
      <p>
        <Badge tone={tone} icon={icon}>
          {t(`import.state.${run.state}`)}
        </Badge>{' '}
        {run.state === 'listing' && t('import.found', { n: number(run.total) })}
        {(run.state === 'comparing' || run.state === 'running') &&
          t('import.of', { done: number(done), total: number(run.total) })}
        {run.perMinute !== null && isMoving && (
          <span class="quiet"> {t('import.rate', { n: number(run.perMinute) })}</span>
        )}
        {run.remainingSeconds !== null && isMoving && (
          <span class="quiet"> {t('import.left', { time: duration(run.remainingSeconds * 1000) })}</span>
        )}
      </p>
      {isMoving && (
        <Progress done={done} total={run.state === 'listing' ? 0 : run.total} label={t(`import.state.${run.state}`)} />
      )}
      {run.paused.length > 0 && <p class="quiet">{t('pauses.import', { parts: partsText(texts, run.paused) })}</p>}
      {run.failing > 0 && <p class="quiet">{count('import.failing', run.failing)}</p>}
      {run.error !== null && <p class="fault">{run.error}</p>}
    </div>
  );
}
