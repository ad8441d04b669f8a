/**
 * How an operation keeps its promise. `one`: one command on one document. `each`: several, each atomic by itself and
 * harmless to repeat; `again` says why.
 */
export interface OperationSpec {
  readonly scope: 'one' | 'each';
  readonly write: 'majority' | null;
  readonly read: 'majority' | 'local' | null;
  readonly again: string;
}

const reads = (read: 'majority' | 'local'): OperationSpec => ({ scope: 'one', write: null, read, again: 'a read' });
const writes = (again: string): OperationSpec => ({ scope: 'one', write: 'majority', read: null, again });
const each = (again: string, read: OperationSpec['read'] = null): OperationSpec => ({
  scope: 'each',
  write: 'majority',
  read,
  again,
});

const KEYED = 'the same values under the same key';
const FENCED = 'the second finds another version';
const OWNED = 'the second finds no lease of the owner';

/**
 * Every operation. What a vendor or a caller is told is stored must outlive the loss of the primary: all writes wait for a
 * majority with its journal. What a decision to write leans on is read from what a majority has; numbers that are only
 * shown need not.
 */
export const OPERATIONS = {
  'tenants.insert': writes('the second meets its key'),
  'tenants.get': reads('majority'),
  'tenants.byHookToken': reads('majority'),
  'tenants.list': reads('majority'),
  'tenants.replace': writes(FENCED),
  'tenants.remove': each('what was deleted is gone, and the tenant itself goes last', 'majority'),
  'secrets.put': writes(KEYED),
  'secrets.replace': writes(
    'the driver repeats it under one transaction number, and the server answers as the first time',
  ),
  'secrets.get': reads('majority'),
  'secrets.list': reads('majority'),
  'pairs.insert': writes('the second meets its key'),
  'pairs.get': reads('majority'),
  'pairs.bySide': reads('majority'),
  'pairs.byInvoice': reads('majority'),
  'pairs.byLine': reads('majority'),
  'pairs.openOrders': reads('majority'),
  'pairs.byIntentKey': reads('majority'),
  'pairs.replace': writes(FENCED),
  'pairs.delete': writes(FENCED),
  'pairs.list': reads('majority'),
  'pairs.walk': reads('majority'),
  'pairs.search': reads('local'),
  'pairs.counts': reads('local'),
  'pairs.countsByEntity': reads('local'),
  'pairs.countsByKind': reads('local'),
  'jobs.enqueue': each('a hint that merges twice changes nothing more'),
  'jobs.claim': each('a job that was taken is no longer free; each claim finds its own by its token', 'majority'),
  'jobs.renew': writes('the same time'),
  'jobs.complete': each(OWNED),
  'jobs.release': each(OWNED),
  'jobs.releaseOwner': each(OWNED),
  'jobs.buryOwner': each(OWNED),
  'jobs.get': reads('majority'),
  'jobs.list': reads('local'),
  'jobs.counts': reads('local'),
  'jobs.depth': reads('local'),
  'jobs.countImport': reads('majority'),
  'jobs.cancelImport': each('what was taken back is gone'),
  'jobs.forget': each('what was deleted is gone'),
  'jobs.retry': each('what waits is no longer dead'),
  'jobs.nextDue': reads('local'),
  'jobs.dueAmong': reads('local'),
  'cursors.get': reads('majority'),
  'cursors.list': reads('majority'),
  'cursors.put': writes(KEYED),
  'activity.insert': each('a line that is there meets its key; lines of one call are all taken back', 'majority'),
  'activity.list': reads('local'),
  'activity.tally': reads('local'),
  'activity.forget': each('what was deleted is gone'),
  'activity.expire': each('what expired is gone', 'local'),
  'decisions.set': writes(KEYED),
  'decisions.waitingFor': reads('majority'),
  'decisions.get': reads('majority'),
  'decisions.list': reads('local'),
  'imports.put': writes(KEYED),
  'imports.get': reads('majority'),
  'imports.list': reads('majority'),
  'listed.put': each(KEYED),
  'listed.get': reads('majority'),
  'listed.find': reads('majority'),
  'listed.list': reads('majority'),
  'listed.touch': each('it is stale already'),
  'listed.forget': each('what was deleted is gone'),
  'listed.clear': each('what was cleared is gone', 'majority'),
  'states.get': reads('majority'),
  'states.put': writes(KEYED),
  'fenced.get': reads('majority'),
  'fenced.list': reads('majority'),
  'fenced.put': writes('the driver repeats it under one transaction number, and the server answers as the first time'),
  'fenced.delete': writes(
    'the driver repeats it under one transaction number, and the server answers as the first time',
  ),
  'fenced.expire': each('what expired is gone', 'local'),
  'mail.put': each('the same letter under the same name; one that was read meanwhile is read twice'),
  'mail.take': each('a letter that was taken is gone', 'majority'),
  'mail.expire': each('what expired is gone', 'local'),
  'alerts.get': reads('majority'),
  'alerts.put': writes('the second finds another version, or meets its key'),
  'alerts.list': reads('local'),
  'alerts.due': reads('majority'),
  'alertTargets.put': writes('the second finds another version, or meets its key'),
  'alertTargets.get': reads('majority'),
  'alertTargets.list': reads('majority'),
  'alertTargets.delete': writes('what was deleted is gone'),
  'tokens.insert': writes('the second meets its key'),
  'tokens.get': reads('majority'),
  'tokens.list': reads('majority'),
  'tokens.replace': writes(FENCED),
  'tokens.use': writes('the same time'),
  'answers.count': reads('local'),
  'answers.begin': each('the driver repeats the write under one transaction number; else the key is met', 'majority'),
  'answers.finish': writes(KEYED),
  'answers.drop': writes('what was dropped is gone'),
  'tombstones.put': writes(KEYED),
  'tombstones.has': reads('majority'),
  'tombstones.any': reads('majority'),
  'tombstones.remove': writes('what was removed is gone'),
  'seen.add': writes('the driver repeats it under one transaction number, and the server answers as the first time'),
  ping: writes('the same document'),
} as const satisfies Record<string, OperationSpec>;

export type OperationName = keyof typeof OPERATIONS;

/** An operation that took longer on the server is answered with `store-busy`; what it wrote may be there. */
const SERVER_MS = 10_000;

/** The write concern of an operation, as the driver wants it. */
export function writing(name: OperationName): { writeConcern: { w: 'majority'; journal: true; wtimeoutMS: number } } {
  if (OPERATIONS[name].write === null) throw new Error(`${name} does not write`);
  return { writeConcern: { w: 'majority', journal: true, wtimeoutMS: SERVER_MS } };
}

/** The read concern of an operation, as the driver wants it. */
export function reading(name: OperationName): { readConcern: { level: 'majority' | 'local' }; maxTimeMS: number } {
  const { read } = OPERATIONS[name];
  if (read === null) throw new Error(`${name} does not read`);
  return { readConcern: { level: read }, maxTimeMS: SERVER_MS };
}
