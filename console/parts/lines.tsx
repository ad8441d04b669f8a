import { formats } from '../lib/format.ts';
import { type Ref, useNames } from '../lib/names.ts';
import { useTexts } from '../lib/texts.ts';
import type { ActivityLine, Side } from '../lib/types.ts';
import { Icon, type IconName } from './icon.tsx';
import { RecordLink } from './record-name.tsx';

const ICONS: Readonly<Record<string, IconName>> = {
  created: 'plus',
  updated: 'sync',
  linked: 'link',
  'not-written': 'skip',
  conflict: 'person',
  failed: 'bad',
  connection: 'link',
  settings: 'info',
  request: 'person',
};
const TONES: Readonly<Record<string, string>> = { failed: 'bad', conflict: 'warn', created: 'ok' };

/** The record that a line speaks of: on the side that was written from, or where it is known. */
export function refOf({ entity, webcrmId, fortnoxId }: ActivityLine): Ref | null {
  if (entity === 'tenant') return null;
  if (webcrmId !== null) return { entity, side: 'webcrm', id: webcrmId };
  // A document has a kind of its own in Fortnox, which the line does not say; its pair is found by delivery.
  if (fortnoxId !== null && entity !== 'delivery') return { entity, side: 'fortnox', id: fortnoxId };
  return null;
}

const SAID_BY_HEAD: ReadonlySet<string> = new Set(['by-hand', 'created-in-fortnox', 'created-in-webcrm']);

/** A conflict in which a value gave way is over: nobody has to decide. */
const settledIn = ({ action, lost }: ActivityLine): boolean => action === 'conflict' && lost.length > 0;

const said = (value: string | null): string => (value === null || value === '' ? '-' : value);

/** Lines of the activity log, newest first. `fresh`: ids that came while one looked. */
export function ActivityLines({
  tenant,
  lines,
  now,
  fresh,
}: {
  tenant: string;
  lines: readonly ActivityLine[];
  now: number;
  fresh?: ReadonlySet<string>;
}) {
  const texts = useTexts();
  const { t, maybe, reason, field } = texts;
  const { short, full } = formats(texts);
  const nameOf = useNames(
    tenant,
    lines.map(refOf).filter((ref) => ref !== null),
  );
  return (
    <ol class="lines">
      {lines.map((line) => {
        const ref = refOf(line);
        // The head of the line says these already.
        const codes = line.reasons.filter((code) => !SAID_BY_HEAD.has(code));
        const isSaid = ref !== null && line.reasons.length > 0;
        const sentence = isSaid ? codes.map((code) => reason(code, null)).join(' ') : line.message;
        return (
          <li key={line.id} class={`line ${TONES[line.action] ?? ''}${fresh?.has(line.id) ? ' fresh' : ''}`}>
            <Icon name={ICONS[line.action] ?? 'info'} />
            <time dateTime={new Date(line.at).toISOString()} title={full(line.at)}>
              {short(line.at, now)}
            </time>
            <div class="line-body">
              <p>
                <strong>
                  {settledIn(line) ? t('action.settled') : maybe(`action.${line.action}`, line.action)}
                  {line.target !== null && ` ${t('line.in', { side: t(line.target as Side) })}`}
                </strong>{' '}
                {ref !== null && <RecordLink tenant={tenant} record={ref} name={nameOf(ref)} />}
              </p>
              {sentence !== '' && <p class="line-text">{sentence}</p>}
              {(line.changes.length > 0 || line.lost.length > 0) && (
                <details>
                  <summary>
                    {[
                      line.changes.length > 0 ? texts.count('line.changes', line.changes.length) : '',
                      line.lost.length > 0 ? texts.count('line.lost', line.lost.length) : '',
                    ]
                      .filter((part) => part !== '')
                      .join(', ')}
                  </summary>
                  <dl class="changes">
                    {line.changes.map((change) => (
                      <div key={change.field}>
                        <dt>{field(change.field)}</dt>
                        <dd>
                          <del>{said(change.before)}</del> <Icon name="right" /> <ins>{said(change.after)}</ins>
                        </dd>
                      </div>
                    ))}
                    {line.lost.map((lost) => (
                      <div key={`lost ${lost.field}`}>
                        <dt>
                          {field(lost.field)}{' '}
                          <span class="quiet">({t('line.lostIn', { side: t(lost.side as Side) })})</span>
                        </dt>
                        <dd>
                          <del>{said(lost.before)}</del>
                        </dd>
                      </div>
                    ))}
                  </dl>
                </details>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
