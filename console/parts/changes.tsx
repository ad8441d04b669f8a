import { useTexts } from '../lib/texts.ts';
import type { Side } from '../lib/types.ts';

interface Change {
  readonly side: Side;
  readonly field: string;
  readonly before?: string | null;
  readonly after?: string | null;
}

/** Values before and after, each with the side that it stands on. */
export function Changes({ changes }: { changes: readonly Change[] }) {
  const { t, field } = useTexts();
  return (
    <dl class="changes">
      {changes.map((change) => (
        <div key={change.side + change.field}>
          <dt>
            {field(change.field)} <span class="quiet">({t(change.side)})</span>
          </dt>
          <dd>
            <del>{change.before ?? '-'}</del> → <ins>{change.after ?? '-'}</ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}
