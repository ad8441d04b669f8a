import { useTexts } from '../../lib/texts.ts';
import type { Explanation, Side } from '../../lib/types.ts';
import { Badge, Panel } from '../../parts/basic.tsx';

const SIDES: readonly Side[] = ['webcrm', 'fortnox'];
type Cell = { image?: string | null | undefined; now?: string | null | undefined };

const shown = (value: string | null | undefined): string =>
  value === undefined ? '' : value === null || value === '' ? '–' : value;

/** What a side shows now, and what it showed last where that differs. */
function Value({ cell }: { cell: Cell }) {
  const { t } = useTexts();
  const value = cell.now === undefined ? cell.image : cell.now;
  const changed = cell.now !== undefined && cell.image !== undefined && (cell.now ?? '') !== (cell.image ?? '');
  return (
    <>
      <span class={changed ? 'changed' : ''}>{shown(value)}</span>
      {changed && <span class="under quiet">{t('record.before', { value: shown(cell.image) })}</span>}
    </>
  );
}

/** It was there once: what is shown of it is what was read last. */
const isGone = (side: Side, { pair }: Explanation): boolean => pair?.reason === `gone-in-${side}`;

/** Whether a side has the record, and under which id. */
function idOn(side: Side, explanation: Explanation): string | null {
  const { present, pair } = explanation;
  if (isGone(side, explanation)) return null;
  return present[side]?.id ?? (side === 'webcrm' ? pair?.webcrmId : pair?.fortnoxId) ?? null;
}

/** Both records field by field, and row by row, with what differs marked. */
export function SideBySide({ explanation }: { explanation: Explanation }) {
  const { t, field } = useTexts();
  const { fields, rows } = explanation;
  const ids = SIDES.map((side) => [side, idOn(side, explanation)] as const);
  // Beside a record that is not there nothing differs.
  const isWhole = ids.every(([, id]) => id !== null);
  const known = fields.filter(({ webcrm, fortnox }) =>
    [webcrm, fortnox].some((cell) => (cell.now ?? cell.image ?? null) !== null),
  );
  if (known.length === 0 && (rows ?? []).length === 0) return null;
  return (
    <Panel title={t('record.sides')}>
      <p class="lead">{t('record.sidesText')}</p>
      <table class="sides">
        <caption class="unseen">{t('record.sides')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('field')}</th>
            {ids.map(([side, id]) => (
              <th scope="col" key={side}>
                {t(side)}{' '}
                <span class="quiet">{id ?? t(isGone(side, explanation) ? 'record.gone' : 'record.absent')}</span>
              </th>
            ))}
            <th scope="col">
              <span class="unseen">{t('record.differs')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {known.map((one) => (
            <tr key={one.field} class={one.differs && isWhole ? 'differs' : ''}>
              <th scope="row">{field(one.field)}</th>
              {SIDES.map((side) => (
                <td key={side}>
                  <Value cell={one[side]} />
                </td>
              ))}
              <td>
                {one.differs && isWhole && (
                  <Badge tone="warn" icon="warn">
                    {t('record.differs')}
                  </Badge>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows !== null && rows.length > 0 && (
        <Rows rows={rows} sides={isWhole ? SIDES : SIDES.filter((_, at) => ids[at]?.[1] !== null)} />
      )}
    </Panel>
  );
}

const COLUMNS = ['article', 'text', 'quantity', 'unit', 'price', 'discount', 'vat'];

function Rows({ rows, sides }: { rows: NonNullable<Explanation['rows']>; sides: readonly Side[] }) {
  const { t, field, number } = useTexts();
  return (
    <>
      <h3>{t('record.rows')}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      {/* biome-ignore lint/a11y/useSemanticElements: a region that scrolls, no set of fields */}
      <div class="scroll" tabIndex={0} role="group" aria-label={t('record.rows')}>
        <table>
          <thead>
            <tr>
              <th scope="col">#</th>
              <th scope="col">{t('record.side')}</th>
              {COLUMNS.map((name) => (
                <th key={name} scope="col">
                  {field(`row.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.flatMap((row, at) =>
              sides.map((side) => (
                <tr key={`${row.lineId ?? at} ${side}`} class={row.differs && sides.length > 1 ? 'differs' : ''}>
                  <td>{side === sides[0] ? number(at + 1) : ''}</td>
                  <th scope="row">{t(side)}</th>
                  {row[side].now === null && row[side].image === null ? (
                    <td colSpan={COLUMNS.length} class="quiet">
                      {t('record.noRow')}
                    </td>
                  ) : (
                    COLUMNS.map((name) => (
                      <td key={name}>
                        <Value
                          cell={{
                            image: row[side].image?.[name],
                            now: row[side].now === null ? undefined : row[side].now[name],
                          }}
                        />
                      </td>
                    ))
                  )}
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
    </>
  );
}
