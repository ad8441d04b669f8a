import type { Job, Tenant } from '../../schemas/records.ts';
import { CONNECTION, type Code, isKnownCode } from './codes.ts';
import type { Rehearsal } from './rehearse.ts';

/** How far the record is: both halves known, a create begun, or neither. */
export type Phase = 'new' | 'open' | 'known';

/** What happened, in codes, and what the rules need to know to place them. */
export interface Trace {
  readonly phase: Phase;
  readonly tenant: Tenant;
  /** null: the vendors were not asked. */
  readonly rehearsal: Rehearsal | null;
  readonly codes: ReadonlySet<Code>;
  /** Something would be written, made or linked. */
  readonly acts: boolean;
  readonly links: boolean;
  /** Why a vendor cannot be asked, now or since the tenant was paused. */
  readonly broken: Failure | null;
  /** What the record's last try ended with, while there is still something to do, or what this one would end with. */
  readonly lastTry: Failure | null;
}
export interface Failure {
  readonly code: Code;
  readonly message: string;
}

/** Gathers what a rehearsal and the record's jobs tell. `broken` is why the vendors were not asked. */
export function traceOf(
  tenant: Tenant,
  rehearsal: Rehearsal | null,
  broken: Failure | null,
  jobs: readonly Job[],
): Trace {
  const codes = new Set<Code>(rehearsal === null ? [] : codesOf(rehearsal));
  if (tenant.state === 'new') codes.add('tenant-new');
  if (tenant.state === 'paused') codes.add('tenant-paused');
  if (tenant.hold !== null) codes.add('tenant-held');
  const links = rehearsal?.lines.some(({ action }) => action === 'linked') === true;
  const acts = links || (rehearsal !== null && rehearsal.writes.length > 0);
  const failed = rehearsal?.ending.kind === 'failed' ? rehearsal.ending.error : null;
  const isBroken = failed !== null && CONNECTION.includes(failed.code);
  if (isBroken || failed?.code === 'partial-put-unsafe') codes.add(failed.code);
  if (broken !== null) codes.add(broken.code);
  return {
    phase: phaseOf(rehearsal),
    tenant,
    rehearsal,
    codes,
    acts,
    links,
    broken: broken ?? (isBroken ? failed : null),
    lastTry: (isBroken ? null : failed) ?? (acts ? lastError(jobs) : null),
  };
}

function lastError(jobs: readonly Job[]): Failure | null {
  const error = jobs.find((job) => job.lastError !== null)?.lastError ?? null;
  return error !== null && isKnownCode(error.code) ? { code: error.code, message: error.message } : null;
}

function phaseOf(rehearsal: Rehearsal | null): Phase {
  const pair = rehearsal?.before;
  if (pair && pair.webcrmId !== null && pair.fortnoxId !== null) return 'known';
  return pair?.intent ? 'open' : 'new';
}

function codesOf(rehearsal: Rehearsal): Code[] {
  const { ending, lines, decisions, writes, replay } = rehearsal;
  if (ending.kind === 'later') return [replay.job.entity === 'delivery' ? 'not-quiet' : 'half-made'];
  const told = [...lines.flatMap((line) => line.reasons), ...decisions.map(({ reason }) => reason)].filter(
    (reason) => reason !== null && isKnownCode(reason),
  ) as Code[];
  if (told.length > 0 || writes.length > 0 || ending.kind === 'failed') return told;
  return [silent(rehearsal)];
}

/** A job that ended without a word: the pair stands as it is, or the record is another one's matter. */
function silent(rehearsal: Rehearsal): Code {
  const { before, after, replay } = rehearsal;
  if (before?.state === 'detached') return 'detached';
  if (passesOn(rehearsal)) return 'passed-on';
  if (after === null) return replay.job.entity === 'order' ? 'orders-not-kept' : 'passed-on';
  const standing = after.reason ?? before?.reason ?? null;
  return standing !== null && isKnownCode(standing) ? standing : 'in-step';
}

/** The job did nothing but have another record looked at. Jobs of pairs bring what waits for them as well, except those of items. */
export function passesOn({ after, hints, replay: { job } }: Rehearsal): boolean {
  return hints.length > 0 && (after === null || (job.entity === 'article' && job.side === 'webcrm'));
}
