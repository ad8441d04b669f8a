import type { BaseLogger } from 'pino';
import { FORMER_TOKEN_KIND } from './admin/hook-tokens.ts';
import type { Removal } from './admin/remove.ts';
import type { Imports } from './imports/imports.ts';
import { BUDGET_KIND } from './queue/slot-record.ts';
import type { Runtime } from './runtime.ts';
import type { Store } from './store/port.ts';

const DAY_MS = 86_400_000;
/** Longer than any of them is accepted, and than a rotation may wait for webCRM. */
const FORMER_TOKENS_KEPT_MS = 90 * DAY_MS;

export interface ForgettingDeps {
  readonly runtime: Pick<Runtime, 'now' | 'setTimer'>;
  readonly store: Pick<Store, 'activity' | 'fenced' | 'mail'>;
  readonly logger: Pick<BaseLogger, 'info' | 'error'>;
  readonly imports: Pick<Imports, 'expire'>;
  readonly removal: Pick<Removal, 'finish'>;
  /** What nobody in particular owns is forgotten by one instance of all. */
  readonly isFirst: () => boolean;
}

/** What has expired, or is of a tenant whose removal was cut short, is deleted, at the start and once a day. What fails is said, and tried again the next day. */
export function createForgetting(deps: ForgettingDeps): { start(): void; stop(): void } {
  const { runtime, store, logger, imports, removal, isFirst } = deps;
  let cancel = () => {};
  const failed = (what: string) => (error: unknown) =>
    logger.error({ err: error }, `${what} could not be forgotten; it is tried again tomorrow`);

  function forget(): void {
    const now = runtime.now();
    if (isFirst()) {
      const lines = store.activity.expire(now);
      lines.then((count) => count > 0 && logger.info({ count }, 'activity lines expired'), failed('old activity'));
      store.fenced.expire(BUDGET_KIND, now - DAY_MS).catch(failed('old slots of budgets'));
      store.fenced.expire(FORMER_TOKEN_KIND, now - FORMER_TOKENS_KEPT_MS).catch(failed('old tokens of hooks'));
      store.mail.expire(now).catch(failed('old letters'));
      removal.finish().catch(failed('what is left of a removed tenant'));
    }
    imports.expire().catch(failed('old imports'));
    cancel = runtime.setTimer(DAY_MS, forget);
  }

  return { start: forget, stop: () => cancel() };
}
