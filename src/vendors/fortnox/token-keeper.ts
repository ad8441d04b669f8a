import { SyncError } from '../../errors/sync-error.ts';
import { type Runtime, sleep } from '../../runtime.ts';
import { createMutex } from '../mutex.ts';
import type { Vault } from '../vault.ts';
import type { FortnoxTokens } from './tokens.ts';

/**
 * A tenant's tokens, apart from its clients: those are let go and made anew, and what nobody else holds outlives them. What could not be
 * stored is tried again until it is, and never lies over what was stored since.
 */
export interface TokenKeeper {
  /** Renewals one at a time, whichever clients ask for them: a refresh token serves once. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /** What is at hand and stored; null: ask `load`. */
  known(): FortnoxTokens | null;
  /** What holds, from the vault when it is not at hand. Raises `credentials-missing` or what the vault raises. */
  load(): Promise<FortnoxTokens>;
  /** As load, from the vault itself: another instance may have renewed. */
  reload(): Promise<FortnoxTokens>;
  /** Stores what Fortnox gave for `former`, and gives what holds now: what was stored since in place of `former` is newer. Raises as load. */
  renewed(given: FortnoxTokens, former: FortnoxTokens): Promise<FortnoxTokens>;
  /** Stores what a person has just consented to, whatever there was. Raises what the vault raises. */
  consented(given: FortnoxTokens): Promise<void>;
  /** The vault is read again at the next `load`. */
  forget(): void;
  /** Resolves when no renewal is under way and nothing waits to be stored, or the vault has failed for some seconds. Never rejects. */
  settled(): Promise<void>;
  /** Stores nothing more: the tenant is removed, or the service has ended. */
  end(): void;
}

const NAME = 'fortnox-tokens';
const RETRY_FIRST_MS = 1_000;
const RETRY_LONGEST_MS = 30_000;
const SETTLE_TRIES = 5;

export const sameTokens = (a: FortnoxTokens | null, b: FortnoxTokens): boolean => a?.accessToken === b.accessToken;
const read = (stored: string | null): FortnoxTokens | null => JSON.parse(stored ?? 'null') as FortnoxTokens | null;

/** Received and not stored yet: the only copy of a refresh token. */
interface Unsaved {
  readonly tokens: FortnoxTokens;
  /** Whether it may take the place of what is stored. */
  readonly isNewerThan: (stored: FortnoxTokens | null) => boolean;
}

export function createTokenKeeper(deps: {
  readonly runtime: Pick<Runtime, 'setTimer'>;
  readonly vault: Vault;
  readonly tenant: string;
}): TokenKeeper {
  const { runtime, vault, tenant } = deps;
  const inTurn = createMutex();
  let current: FortnoxTokens | null = null;
  let unsaved: Unsaved | null = null;
  let cancelRetry = () => {};
  let isOver = false;

  async function flush(): Promise<void> {
    if (unsaved === null || isOver) return;
    const present = unsaved;
    const { tokens, isNewerThan } = present;
    const isStored = await vault.replace(tenant, NAME, JSON.stringify(tokens), (stored) => isNewerThan(read(stored)));
    saved(present, isStored ? tokens : null);
  }

  /** `holds` null: the vault has it, or something newer; it is read again. */
  function saved(done: Unsaved, holds: FortnoxTokens | null): void {
    if (unsaved !== done) return;
    cancelRetry();
    unsaved = null;
    current = holds;
  }

  async function keep(present: Unsaved, write: () => Promise<void>): Promise<void> {
    unsaved = present;
    try {
      await write();
    } catch (error) {
      retryIn(RETRY_FIRST_MS);
      throw error;
    }
  }

  function retryIn(ms: number): void {
    cancelRetry();
    if (isOver) return;
    cancelRetry = runtime.setTimer(ms, () => {
      // Whoever asks for a token meanwhile is told why the vault fails; here it is only tried again.
      inTurn(flush).catch(() => retryIn(Math.min(RETRY_LONGEST_MS, ms * 2)));
    });
  }

  async function fromVault(): Promise<FortnoxTokens> {
    const stored = read(await vault.get(tenant, NAME));
    if (stored === null) throw new SyncError('credentials-missing', 'Fortnox is not connected: connect it first.');
    current = stored;
    return stored;
  }

  async function load(): Promise<FortnoxTokens> {
    await flush();
    return current ?? fromVault();
  }

  return {
    inTurn,
    known: () => (unsaved === null ? current : null),
    load,
    async reload() {
      await flush();
      return fromVault();
    },
    async renewed(tokens, former) {
      // Only in the place of what it was renewed from: no clock tells which of two is the newer one.
      await keep({ tokens, isNewerThan: (stored) => sameTokens(stored, former) }, flush);
      return load();
    },
    async consented(tokens) {
      // When it is stored late, a consent or a renewal since is not undone.
      const present = { tokens, isNewerThan: (stored: FortnoxTokens | null) => isOlder(stored, tokens) };
      await keep(present, async () => {
        await vault.put(tenant, NAME, JSON.stringify(tokens));
        saved(present, tokens);
      });
    },
    forget() {
      current = null;
    },
    async settled() {
      for (let tries = 1; tries <= SETTLE_TRIES; tries += 1) {
        // After a renewal that is under way.
        await inTurn(flush).catch(() => undefined);
        if (unsaved === null || isOver) return;
        await sleep(runtime, RETRY_FIRST_MS);
      }
    },
    end() {
      isOver = true;
      unsaved = null;
      current = null;
      cancelRetry();
    },
  };
}

const isOlder = (stored: FortnoxTokens | null, than: FortnoxTokens): boolean =>
  stored === null || stored.issuedAt < than.issuedAt;
