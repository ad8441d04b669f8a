import type { Tone } from '../parts/basic.tsx';
import type { IconName } from '../parts/icon.tsx';
import type { Key } from '../texts/en.ts';
import type { OverviewItem, Status } from './types.ts';

/** Why a tenant wants to be looked at; the most urgent first. */
export const ATTENTION = ['broken', 'held', 'failed', 'decide', 'late', 'setup', 'paused', 'partly', 'well'] as const;
export type Attention = (typeof ATTENTION)[number];

export const ATTENTION_LOOK: Readonly<Record<Attention, { tone: Tone; icon: IconName; text: Key }>> = {
  broken: { tone: 'bad', icon: 'bad', text: 'attention.broken' },
  held: { tone: 'bad', icon: 'person', text: 'attention.held' },
  failed: { tone: 'bad', icon: 'warn', text: 'attention.failed' },
  decide: { tone: 'warn', icon: 'person', text: 'attention.decide' },
  late: { tone: 'warn', icon: 'wait', text: 'attention.late' },
  setup: { tone: 'info', icon: 'info', text: 'attention.setup' },
  paused: { tone: 'quiet', icon: 'pause', text: 'attention.paused' },
  partly: { tone: 'quiet', icon: 'pause', text: 'attention.partly' },
  well: { tone: 'ok', icon: 'ok', text: 'attention.well' },
};

/** Later than this, and people notice: a poll comes every six minutes. */
export const LATE_MS = 5 * 60_000;

/** The most urgent thing of a tenant. */
export function attentionOf(health: Status): Attention {
  const { state, pausedReason, pausedParts, hold, jobs, pairs, latenessMs } = health;
  if (state === 'new') return 'setup';
  // Nobody has anything to do about it.
  if (state === 'removing') return 'paused';
  if (state === 'paused' && pausedReason !== 'by-hand') return 'broken';
  if (hold !== null) return 'held';
  if (jobs.dead > 0) return 'failed';
  if ((pairs.conflict ?? 0) > 0) return 'decide';
  if (state === 'paused') return 'paused';
  if (latenessMs > LATE_MS) return 'late';
  return pausedParts.length > 0 ? 'partly' : 'well';
}

/** What needs attention first, then by how much of it there is, then by name. */
export const byAttention = (one: OverviewItem, other: OverviewItem): number =>
  ATTENTION.indexOf(attentionOf(one.health)) - ATTENTION.indexOf(attentionOf(other.health)) ||
  other.health.needsPerson - one.health.needsPerson ||
  other.health.latenessMs - one.health.latenessMs ||
  one.name.localeCompare(other.name);
