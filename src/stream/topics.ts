import type { BaseLogger } from 'pino';
import type { Entity } from '../../schemas/records.ts';
import { SyncError } from '../errors/sync-error.ts';
import { TOPICS, type Topic } from './commands.ts';
import type { StreamConnection } from './connection.ts';
import type { Offsets } from './offsets.ts';

/** What the topics' events speak of. */
const ENTITY: Readonly<Record<Topic, Entity>> = {
  customers: 'customer',
  orders: 'order',
  invoices: 'invoice',
  articles: 'article',
};
/** fortnox.md 6.2: 14 days are replayed. An hour less, for the time until the topics are added. */
const REPLAYED_MS = 14 * 24 * 3_600_000 - 3_600_000;

/** Whether events may have been forgotten by Fortnox before we could ask for them. */
export const missedTooLong = (offsets: Pick<Offsets, 'aliveAt'>, now: number): boolean => {
  const at = offsets.aliveAt();
  return at !== null && now - at > REPLAYED_MS;
};

/**
 * Adds the topics, each from where it was left. Gives the entities whose events since then do not come: of a topic without an
 * offset, or one that Fortnox refuses. Raises `vendor-refused` when none is accepted.
 */
export async function addTopics(
  connection: Pick<StreamConnection, 'ask'>,
  offsets: Pick<Offsets, 'of' | 'forget'>,
  logger: Pick<BaseLogger, 'warn'>,
): Promise<Entity[]> {
  const missed = new Set<Topic>(TOPICS.filter((topic) => offsets.of(topic) === undefined));
  const ask = (topics: readonly Topic[]) =>
    connection.ask({
      command: 'add-topics-v1',
      topics: topics.map((topic) => {
        const offset = offsets.of(topic);
        return offset === undefined ? { topic } : { topic, offset };
      }),
    });
  let wanted: readonly Topic[] = TOPICS;
  for (;;) {
    const { ok, invalidTopics } = await ask(wanted);
    if (ok) return [...missed].map((topic) => ENTITY[topic]);
    const refused = wanted.filter((topic) => invalidTopics.has(topic));
    if (refused.length > 0) {
      logger.warn({ topics: refused }, "Fortnox's stream refused topics: the poll finds their changes");
      for (const topic of refused) missed.add(topic);
      wanted = wanted.filter((topic) => !invalidTopics.has(topic));
    } else if (wanted.some((topic) => offsets.of(topic) !== undefined)) {
      logger.warn("Fortnox's stream refused the place where it was left: it begins anew, and every tenant is polled");
      for (const topic of wanted) missed.add(topic);
      offsets.forget();
    } else throw new SyncError('vendor-refused', "Fortnox's stream refused the topics; it is tried again.");
    if (wanted.length === 0)
      throw new SyncError('vendor-refused', "Fortnox's stream refused every topic: check the integration's scopes.");
  }
}
