import type { RowPair } from '../../../schemas/delivery.ts';
import type { Settings } from '../../../schemas/settings.ts';
import type { WebcrmLine } from '../../vendors/webcrm/types.ts';
import { identify } from '../rows/entries.ts';
import { expressRow } from '../rows/fields.ts';
import type { MergeInput } from '../rows/types.ts';
import type { FortnoxSide } from './document.ts';
import { hasVatIncluded, linesNow, rowsNow } from './records.ts';
import { lineExpress, rowSide } from './row-express.ts';

/** No line has this id: the row counts as one that webCRM had and deleted. */
const NO_LINE = 'none';

/**
 * The images to begin with when a delivery and a document that both have rows are linked, by hand or by a number. Without any, both lists would be
 * kept, and what stands on both with a difference would be charged twice. With these, the side that does not win looks as it did last, so
 * that the winner's rows are the ones that count (R21).
 */
export function firstRows(
  settings: Settings,
  webcrmLines: readonly WebcrmLine[],
  fortnox: FortnoxSide,
): readonly RowPair[] {
  const { documents, conflictPolicy } = settings;
  const vatIncluded = hasVatIncluded(fortnox);
  const sides: MergeInput['sides'] = {
    webcrm: { express: lineExpress(documents) },
    fortnox: rowSide({ kind: fortnox.kind, settings: documents, vatIncluded, unknownArticles: new Set() }),
  };
  const lines = linesNow(documents, webcrmLines).toSorted((a, b) => a.sort - b.sort);
  const asLines: RowPair[] = lines.map(({ id, sort, row }) => ({
    lineId: id,
    sort,
    webcrm: row,
    fortnox: expressRow(row, 'fortnox', sides).image,
    firstLink: true,
  }));
  if (conflictPolicy === 'fortnox') return asLines;
  const rows = rowsNow(fortnox, { vatIncluded });
  const found = identify(
    {
      base: asLines,
      webcrm: lines,
      fortnox: rows,
      policy: conflictPolicy,
      sides,
      fortnoxLocked: false,
      putBack: false,
    },
    lines,
  );
  return rows.map((row, at) => {
    const line = found.fortnox[at]?.base ?? null;
    return {
      lineId: line?.lineId ?? NO_LINE,
      sort: line?.sort ?? 0,
      webcrm: expressRow(row, 'webcrm', sides).image,
      fortnox: row,
      firstLink: true,
    };
  });
}
