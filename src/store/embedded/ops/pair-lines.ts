import type { Pair } from '../../../../schemas/records.ts';
import type { Db } from '../db.ts';

/** The quotation lines of a pair, those of an open intent with them: a line may be deleted while its document is made. */
function linesOf(pair: Pair): Set<string> {
  const rows = [...(pair.rows ?? []), ...(pair.intent?.rows ?? [])];
  return new Set(rows.flatMap((row) => (row.lineId === null ? [] : [row.lineId])));
}

/** Brings the table of line ids to what the pair holds now; writes the difference only. Call it with the pair's write. */
export function keepLines(db: Db, pair: Pair): void {
  const missing = linesOf(pair);
  for (const row of db.all('SELECT line_id FROM pair_lines WHERE tenant = ? AND pair_id = ?', pair.tenant, pair.id)) {
    const line = String(row.line_id);
    if (!missing.delete(line))
      db.run('DELETE FROM pair_lines WHERE tenant = ? AND line_id = ? AND pair_id = ?', pair.tenant, line, pair.id);
  }
  for (const line of missing)
    db.run('INSERT INTO pair_lines (tenant, line_id, pair_id) VALUES (?, ?, ?)', pair.tenant, line, pair.id);
}

/** Forgets the line ids of a pair that is deleted. */
export function dropLines(db: Db, tenant: string, pairId: string): void {
  db.run('DELETE FROM pair_lines WHERE tenant = ? AND pair_id = ?', tenant, pairId);
}
