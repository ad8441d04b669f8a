import { judgeArticles } from './judge/articles.ts';
import { judgeCustomers } from './judge/customers.ts';
import { judgeDocuments } from './judge/documents.ts';
import type { Ending } from './judge/ending.ts';
import { judgeTypedValues } from './judge/losses.ts';
import { judgeOrigins } from './judge/origins.ts';
import { partiesOf } from './judge/parties.ts';
import { judgeContents } from './judge/rows.ts';
import { judgeTypes } from './judge/types.ts';

export type { Ending } from './judge/ending.ts';

/**
 * Judges the end of a history by what people did, knowing nothing of how the service decides. Gives a sentence for each
 * thing that is wrong, and the number of edits that a write overran within the gap.
 */
export function judge(ending: Ending): { problems: string[]; gapEdits: number } {
  const parties = partiesOf(ending);
  const counted = [judgeCustomers(ending, parties), judgeTypedValues(ending), judgeTypes(ending, parties)];
  const problems = [
    ...judgeArticles(ending),
    ...judgeDocuments(ending, parties),
    ...judgeContents(ending, parties),
    ...judgeOrigins(ending),
    ...judgeQuiet(ending),
    ...counted.flatMap((one) => one.problems),
  ];
  return { problems, gapEdits: counted.reduce((sum, one) => sum + one.gapEdits, 0) };
}

function judgeQuiet(ending: Ending): string[] {
  const { writes, documentWrites, deliveryWrites, lineWrites, itemWrites, endedAt, quietMs } = ending;
  const all: readonly (readonly [string, readonly { at: number }[]])[] = [
    ['an organisation', writes.webcrm],
    ['a customer', writes.fortnox],
    ['a document', documentWrites],
    ['a delivery', deliveryWrites],
    ['a line', lineWrites],
    ['an item', itemWrites],
  ];
  return all.flatMap(([what, list]) =>
    list
      .filter((write) => write.at > endedAt - quietMs)
      .map((write) => `${what} was written after all was quiet: ${JSON.stringify(write)}`),
  );
}
