import type { ComponentChildren } from 'preact';
import type { Problem } from '../../lib/api.ts';
import { useTexts } from '../../lib/texts.ts';
import { Button, Panel } from '../../parts/basic.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';

/** A step: its question, what went wrong, and the way on. `onNext` stores what was chosen. */
export function StepFrame({
  title,
  text,
  problem,
  busy,
  back,
  onNext,
  nextText,
  nextDisabled,
  children,
}: {
  title: string;
  text: string;
  problem?: Problem | null;
  busy?: boolean;
  back: (() => void) | null;
  onNext: (() => unknown) | null;
  nextText?: string;
  nextDisabled?: boolean;
  children: ComponentChildren;
}) {
  const { t } = useTexts();
  return (
    <Panel title={title}>
      <p class="lead">{text}</p>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (onNext !== null && nextDisabled !== true) void onNext();
        }}
      >
        {children}
        <ProblemNotice problem={problem ?? null} />
        <div class="actions step-actions">
          {back !== null && (
            <Button icon="left" onClick={back}>
              {t('back')}
            </Button>
          )}
          {onNext !== null && (
            <Button needs="administer" type="submit" kind="main" busy={busy ?? false} disabled={nextDisabled ?? false}>
              {nextText ?? t('next')}
            </Button>
          )}
        </div>
      </form>
    </Panel>
  );
}
