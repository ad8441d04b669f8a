import type { Problem } from '../lib/api.ts';
import { type Texts, useTexts } from '../lib/texts.ts';
import { Button, Notice } from './basic.tsx';

/** What went wrong in a sentence of the reader's language; the service's own sentence where there is no other. */
export const problemTitle = ({ t, error }: Texts, problem: Problem): string => {
  if (problem.code === 'offline') return t('problem.offline');
  return error(problem.code) ?? (problem.message || t('problem.unknown'));
};

/** Says what happened and offers to try again. Read out when it appears. */
export function ProblemNotice({ problem, retry }: { problem: Problem | null; retry?: () => unknown }) {
  const texts = useTexts();
  if (problem === null) return null;
  const title = problemTitle(texts, problem);
  return (
    <div role="alert">
      <Notice
        tone="bad"
        icon="bad"
        title={title}
        {...(retry ? { actions: <Button onClick={retry}>{texts.t('again')}</Button> } : {})}
      >
        {problem.message !== '' && problem.message !== title && problem.faults.length === 0 && <p>{problem.message}</p>}
        {problem.faults.length > 0 && (
          <ul>
            {problem.faults.map(({ field, message }) => (
              <li key={field + message}>
                <code>{field}</code> {message}
              </li>
            ))}
          </ul>
        )}
        {problem.requestId !== null && problem.status >= 500 && (
          <p class="quiet">{texts.t('problem.request', { id: problem.requestId })}</p>
        )}
      </Notice>
    </div>
  );
}
