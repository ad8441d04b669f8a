import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// biome-ignore lint/suspicious/noExplicitAny: what any method takes and gives.
type Methods = Record<string, (...args: any[]) => unknown>;

/** The same methods from another process: what they take and give crosses as JSON. */
export type Remote<M extends Methods> = {
  readonly [K in keyof M]: (...args: Parameters<M[K]>) => Promise<Awaited<ReturnType<M[K]>>>;
} & {
  /** Ends the process. */
  end(): Promise<void>;
};

interface Question {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}
type Reply = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string });

/** Offers methods to the process that started this one, and ends with it. */
export function offer(methods: Methods): void {
  const answer = async ({ id, method, args }: Question): Promise<Reply> => {
    try {
      return { id, value: await methods[method]?.(...args) };
    } catch (error) {
      return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };
  process.on('message', (question: Question) => void answer(question).then((reply) => process.send?.(reply)));
  process.on('disconnect', () => process.exit(0));
  process.send?.({ id: 0, value: null } satisfies Reply);
}

/** Starts a file that offers methods, in a process of its own; resolves when it is ready. */
export async function startRemote<M extends Methods>(file: URL): Promise<Remote<M>> {
  const child = fork(fileURLToPath(file), [], { execArgv: ['--import=tsx', '--max-old-space-size=6144'] });
  const waiting = new Map<number, (reply: Reply) => void>();
  let last = 0;
  const ready = new Promise<Reply>((resolve) => waiting.set(0, resolve));
  child.on('message', (reply: Reply) => {
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  const ended = new Promise<void>((resolve) =>
    child.on('exit', () => {
      for (const [id, tell] of waiting) tell({ id, error: `${file.pathname} ended` });
      resolve();
    }),
  );

  const unwrapped = (reply: Reply): unknown => {
    if ('error' in reply) throw new Error(reply.error);
    return reply.value;
  };
  const ask = async (method: string, args: readonly unknown[]): Promise<unknown> => {
    last += 1;
    const id = last;
    const reply = new Promise<Reply>((resolve) => waiting.set(id, resolve));
    child.send({ id, method, args } satisfies Question);
    return unwrapped(await reply);
  };
  unwrapped(await ready);
  const end = async () => {
    if (child.connected) child.disconnect();
    await ended;
  };
  return new Proxy({} as Remote<M>, {
    get: (_target, name) => {
      if (name === 'end') return end;
      // An await looks whether it is a promise.
      return name === 'then' ? undefined : (...args: unknown[]) => ask(String(name), args);
    },
  });
}
