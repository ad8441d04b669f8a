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

/** Both records field by field, and row by row, with what differs marked. */
export function SideBySide({ explanation: { fields, rows, present, pair } }: { explanation: Explanation }) {
  const { t, field } = useTexts();
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
            <th scope="col">
              {t('webcrm')} <span class="quiet">{present.webcrm?.id ?? pair?.webcrmId ?? t('record.absent')}</span>
            </th>
            <th scope="col">
              {t('fortnox')} <span class="quiet">{present.fortnox?.id ?? pair?.fortnoxId ?? t('record.absent')}</span>
            </th>
            <th scope="col">
              <span class="unseen">{t('record.differs')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {known.map((one) => (
            <tr key={one.field} class={one.differs ? 'differs' : ''}>
              <th scope="row">{field(one.field)}</th>
              {SIDES.map((side) => (
                <td key={side}>
                  <Value cell={one[side]} />
                </td>
              ))}
              <td>
                {one.differs && (
                  <Badge tone="warn" icon="warn">
                    {t('record.differs')}
                  </Badge>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows !== null && rows.length > 0 && <Rows rows={rows} />}
    </Panel>
  );
}

const COLUMNS = ['article', 'text', 'quantity', 'unit', 'price', 'discount', 'vat'];

function Rows({ rows }: { rows: NonNullable<Explanation['rows']> }) {
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
              SIDES.map((side) => (
                <tr key={`${row.lineId ?? at} ${side}`} class={row.differs ? 'differs' : ''}>
                  <td>{side === 'webcrm' ? number(at + 1) : ''}</td>
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
