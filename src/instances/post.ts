import type { BaseLogger } from 'pino';
import type { Seal } from '../admin/seal.ts';
import { SyncError } from '../errors/sync-error.ts';
import { newId, type Runtime, sleep } from '../runtime.ts';
import type { Letter, Store } from '../store/port.ts';
import type { Ownership } from './ownership.ts';
import { type Answer, answerOf, type Question, valueIn } from './question.ts';
import { shardOf } from './shards.ts';
import { ANSWER_MS, LETTER_MS, MAIL_MS } from './timing.ts';

export interface PostDeps {
  readonly runtime: Runtime;
  readonly store: Pick<Store, 'mail' | 'shared'>;
  readonly logger: Pick<BaseLogger, 'warn' | 'error'>;
  readonly ownership: Pick<Ownership, 'owns' | 'ownsShard' | 'shards' | 'word'>;
  /** Questions and answers may hold credentials: the store sees ciphertext only. */
  readonly seal: Seal;
  readonly on: {
    /** The tenant may have due jobs. */
    wake(tenantId: string): void;
    /** Answers a question about a tenant that is ours. */
    ask(method: string, args: readonly unknown[]): Promise<unknown>;
  };
}

/** Letters between instances, through the store. */
export interface Post {
  start(): void;
  stop(): void;
  /** Wakes the tenant's owner. Here or elsewhere; never rejects. */
  wake(tenantId: string): void;
  /**
   * Has the owner of the tenant, or of the shard given, do it, and gives what it gave or raised. Raises `owner-silent` when no
   * answer came in time: then it may have been done or not.
   */
  ask(tenantId: string, method: string, args: readonly unknown[], shard?: number, waitMs?: number): Promise<unknown>;
  /** Resolves when no question about a tenant of these shards is being answered, whichever instance asked it. */
  idle(shards: ReadonlySet<number>): Promise<void>;
}

const LETTERS_AT_ONCE = 100;
const RETRY_MS = 1_000;
const RETRIES = 5;
const boxOf = (shard: number): string => `shard/${shard}`;
const WAKE = 'wake/';
const QUESTION = 'question/';

export function createPost(deps: PostDeps): Post {
  const { runtime, store, logger, ownership, on } = deps;
  const waiting = new Map<string, (answer: Answer) => void>();
  /** Work that was asked for, here or elsewhere, by shard. */
  const answering = new Map<number, Set<Promise<unknown>>>();
  /** Tenants whose owners are to be woken with the next letter. */
  const woken = new Set<string>();
  let writing = false;
  let cancel = () => {};
  let isOn = false;

  const boxes = (): string[] => [ownership.word(), ...ownership.shards().map(boxOf)];
  const send = (letters: readonly Letter[], until = runtime.now() + LETTER_MS): Promise<void> =>
    store.mail.put(letters, until);

  function unsealed(text: string, boundTo: string): string {
    const opened = deps.seal.open(text, boundTo);
    if ('text' in opened) return opened.text;
    throw new Error(`The letter cannot be opened (${opened.fault}): all instances need the same ENCRYPTION_KEY.`);
  }

  async function look(): Promise<void> {
    try {
      for (let full = true; full && isOn; ) {
        const letters = await store.mail.take(boxes(), LETTERS_AT_ONCE, runtime.now());
        for (const letter of letters) open(letter);
        full = letters.length === LETTERS_AT_ONCE;
      }
    } catch (error) {
      logger.error({ err: error }, 'letters of other instances could not be read; it is tried again');
    }
    if (isOn) cancel = runtime.setTimer(MAIL_MS, () => void look());
  }

  function open(letter: Letter): void {
    try {
      if (letter.name.startsWith(WAKE)) wake(letter.body);
      else if (letter.name.startsWith(QUESTION)) answer(letter);
      else waiting.get(letter.name)?.(JSON.parse(unsealed(letter.body, letter.name)) as Answer);
    } catch (error) {
      logger.error({ err: error, letter: letter.name }, 'a letter of another instance could not be read; it is left');
    }
  }

  function answer(letter: Letter): void {
    const question = JSON.parse(unsealed(letter.body, letter.name)) as Question;
    const shard = Number(letter.to.split('/')[1]);
    // It has moved between the taking and the reading: whoever owns it now answers.
    if (!ownership.ownsShard(shard)) {
      void keepTrying(() => send([letter], question.until));
      return;
    }
    void entered(shard, () => answerTo(question));
  }

  /** A shard is not another's before this has ended. */
  async function entered<T>(shard: number, answer: () => Promise<T>): Promise<T> {
    const busy = answering.get(shard) ?? new Set();
    answering.set(shard, busy);
    const work = answer();
    busy.add(work);
    try {
      return await work;
    } finally {
      busy.delete(work);
      if (busy.size === 0) answering.delete(shard);
    }
  }

  async function answerTo({ id, from, tenant, method, args }: Question): Promise<void> {
    let given: Answer;
    try {
      given = { ok: true, value: await on.ask(method, args) };
    } catch (error) {
      given = answerOf(error);
      if (!given.ok && given.code === 'internal')
        logger.error({ err: error, tenant, method }, 'a question of another instance failed');
    }
    await keepTrying(() => send([{ to: from, name: id, body: deps.seal.seal(JSON.stringify(given), id) }]));
  }

  /** The store may fail for a moment. Never rejects. */
  async function keepTrying(write: () => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await write();
        return;
      } catch (error) {
        logger.warn({ err: error }, 'a letter to another instance could not be stored');
        if (tries === RETRIES) return;
        await sleep(runtime, RETRY_MS);
      }
    }
  }

  async function writeWakes(): Promise<void> {
    writing = true;
    while (woken.size > 0) {
      const tenants = [...woken];
      woken.clear();
      await keepTrying(() =>
        send(tenants.map((tenant) => ({ to: boxOf(shardOf(tenant)), name: `${WAKE}${tenant}`, body: tenant }))),
      );
    }
    writing = false;
  }

  function wake(tenantId: string): void {
    if (ownership.owns(tenantId)) {
      on.wake(tenantId);
      return;
    }
    if (!store.shared) return;
    woken.add(tenantId);
    if (!writing) void writeWakes();
  }

  return {
    start() {
      if (isOn || !store.shared) return;
      isOn = true;
      void look();
    },
    stop() {
      isOn = false;
      cancel();
      for (const give of waiting.values())
        give(answerOf(new SyncError('stopping', 'The service is stopping. Ask again.')));
    },
    wake,
    async ask(tenantId, method, args, shard = shardOf(tenantId), waitMs = ANSWER_MS) {
      if (ownership.ownsShard(shard)) return entered(shard, async () => on.ask(method, args));
      const id = newId(runtime);
      const name = `${QUESTION}${id}`;
      // A person who was told that nobody answered may decide otherwise: what is older is not done any more.
      const until = runtime.now() + ANSWER_MS;
      const question: Question = { id, from: ownership.word(), tenant: tenantId, method, args, until };
      let forget = () => {};
      const answered = new Promise<Answer>((resolve) => {
        waiting.set(id, resolve);
        forget = runtime.setTimer(waitMs, () =>
          resolve(
            answerOf(
              new SyncError(
                'owner-silent',
                'The instance that works on this tenant gave no answer in time. It may have done it: look, then ask again.',
              ),
            ),
          ),
        );
      });
      try {
        await send([{ to: boxOf(shard), name, body: deps.seal.seal(JSON.stringify(question), name) }], until);
        return valueIn(await answered);
      } finally {
        forget();
        waiting.delete(id);
      }
    },
    async idle(shards) {
      await Promise.allSettled([...answering].flatMap(([shard, work]) => (shards.has(shard) ? [...work] : [])));
    },
  };
}
