import { useId } from 'preact/hooks';
import { formats } from '../lib/format.ts';
import { useTexts } from '../lib/texts.ts';

export interface Series {
  readonly name: string;
  /** A class of the style sheet that gives its colour; a pattern tells it apart without colour. */
  readonly tone: 'one' | 'two' | 'three' | 'bad';
  /** One value for each step, from the first. */
  readonly values: readonly number[];
}

const WIDTH = 600;
const HEIGHT = 140;
const LEFT = 4;
const BOTTOM = 18;
const TOP = 8;

/** A round number not below the greatest value: the top of the scale. */
export function niceTop(value: number): number {
  if (value <= 0) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((step) => step * magnitude).find((step) => step >= value) ?? value;
}

/**
 * Bars of values over time, one upon the other (`stacked`) or side by side. The table below it says the same to those who do not see it.
 */
export function Chart({
  title,
  from,
  stepMs,
  series,
  stacked = true,
  limit,
  show,
}: {
  title: string;
  from: number;
  stepMs: number;
  series: readonly Series[];
  stacked?: boolean;
  /** A line that the values are measured against. */
  limit?: { value: number; name: string };
  show: (value: number) => string;
}) {
  const texts = useTexts();
  const { time, full } = formats(texts);
  const id = useId();
  const steps = series[0]?.values.length ?? 0;
  const sums = Array.from({ length: steps }, (_, at) => {
    const values = series.map(({ values }) => values[at] ?? 0);
    return stacked ? values.reduce((sum, value) => sum + value, 0) : Math.max(0, ...values);
  });
  const greatest = Math.max(0, ...sums);
  const top = niceTop(limit && greatest > limit.value / 3 ? Math.max(limit.value, greatest) : greatest);
  const space = HEIGHT - BOTTOM - TOP;
  const y = (value: number) => TOP + space - (value / top) * space;
  const width = (WIDTH - LEFT) / Math.max(steps, 1);
  const gap = Math.min(2, width / 5);
  const labels = Array.from({ length: 5 }, (_, at) => Math.round(((steps - 1) * at) / 4));

  return (
    <figure class="chart">
      <figcaption id={id}>
        <span>{title}</span>
        <span class="legend">
          {series.map(({ name, tone }) => (
            <span key={name} class={`key ${tone}`}>
              {name}
            </span>
          ))}
        </span>
      </figcaption>
      {greatest === 0 ? (
        <p class="chart-empty">{texts.t('chart.empty')}</p>
      ) : (
        <div class="chart-frame">
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title} preserveAspectRatio="none">
            <line class="grid" x1={LEFT} x2={WIDTH} y1={y(top)} y2={y(top)} />
            <line class="grid" x1={LEFT} x2={WIDTH} y1={y(top / 2)} y2={y(top / 2)} />
            <line class="axis" x1={LEFT} x2={WIDTH} y1={y(0)} y2={y(0)} />
            {Array.from({ length: steps }, (_, at) => {
              let below = 0;
              const x = LEFT + at * width;
              const each = stacked ? width - gap : (width - gap) / series.length;
              return (
                <g key={at}>
                  <title>{`${full(from + at * stepMs)}: ${series.map((one) => `${one.name} ${show(one.values[at] ?? 0)}`).join(', ')}`}</title>
                  <rect class="hit" x={x} y={TOP} width={width} height={space} />
                  {series.map(({ name, tone, values }, index) => {
                    const value = values[at] ?? 0;
                    if (value === 0) return null;
                    const base = stacked ? below : 0;
                    below += value;
                    return (
                      <rect
                        key={name}
                        class={`bar ${tone}`}
                        x={stacked ? x : x + index * each}
                        y={y(base + value)}
                        width={Math.max(each, 0.5)}
                        height={Math.max(y(base) - y(base + value), 1)}
                      />
                    );
                  })}
                </g>
              );
            })}
            {limit && limit.value <= top && (
              <line class="limit" x1={LEFT} x2={WIDTH} y1={y(limit.value)} y2={y(limit.value)} />
            )}
          </svg>
          <div class="chart-scale" aria-hidden="true">
            <span>{show(top)}</span>
            {limit && limit.value <= top && <span class="limit-name">{limit.name}</span>}
          </div>
        </div>
      )}
      {greatest > 0 && (
        <>
          <div class="chart-times" aria-hidden="true">
            {labels.map((at) => (
              <span key={at}>{time(from + at * stepMs)}</span>
            ))}
          </div>
          <details class="chart-table">
            <summary>{texts.t('chart.table')}</summary>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
            <section class="scroll" tabIndex={0} aria-labelledby={id}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">{texts.t('time')}</th>
                    {series.map(({ name }) => (
                      <th scope="col" key={name} class="number">
                        {name}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {sums.map((sum, at) =>
                    sum === 0 ? null : (
                      <tr key={at}>
                        <td>{full(from + at * stepMs)}</td>
                        {series.map(({ name, values }) => (
                          <td key={name} class="number">
                            {show(values[at] ?? 0)}
                          </td>
                        ))}
                      </tr>
                    ),
                  )}
                </tbody>
              </table>
            </section>
          </details>
        </>
      )}
    </figure>
  );
}

/** How much of a limit is used now. */
export const Meter = ({ part, label, text }: { part: number; label: string; text: string }) => (
  <span class="meter">
    <meter min={0} max={1} high={0.95} value={Math.min(1, part)} aria-label={label} />
    <span>{text}</span>
  </span>
);
