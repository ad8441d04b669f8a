import type { Entity } from '../../schemas/records.ts';
import type { Poller } from '../intake/poller.ts';

/** The regular polls go on beside these. */
const AT_ONCE = 4;

export interface ForwardedPolls {
  /** The tenants' Fortnox side is polled soon: of one entity, or of all. Asking twice polls once. */
  bring(tenantIds: readonly string[], entity?: Entity): void;
  stop(): void;
}

/** Polls that are brought forward because the stream may have missed something, a few at a time. */
export function createForwardedPolls(poller: Pick<Poller, 'pollNow'>): ForwardedPolls {
  const waiting = new Map<string, { tenantId: string; entity: Entity | undefined }>();
  let running = 0;
  let stopped = false;

  async function work(): Promise<void> {
    running += 1;
    for (const [key, { tenantId, entity }] of waiting) {
      if (stopped) break;
      waiting.delete(key);
      // Logs what fails; the next round reads the same again.
      await poller.pollNow(tenantId, 'fortnox', entity);
    }
    running -= 1;
  }

  return {
    bring(tenantIds, entity) {
      for (const tenantId of tenantIds) waiting.set(`${tenantId}:${entity ?? ''}`, { tenantId, entity });
      while (!stopped && running < Math.min(AT_ONCE, waiting.size)) void work();
    },
    stop() {
      stopped = true;
      waiting.clear();
    },
  };
}
