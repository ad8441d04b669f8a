import { isSyncError } from '../errors/sync-error.ts';
import type { Post } from './post.ts';

type AnyMethod = (...args: never[]) => Promise<unknown>;
/** The asynchronous methods of a part. */
type Methods<T> = { [M in keyof T]: T[M] extends AnyMethod ? M : never }[keyof T];

/** What is to be done by the instance that owns the tenant, whichever instance is asked. */
export interface Routes {
  /**
   * The part with these methods sent to the tenant's owner; `tenantOf` tells whose tenant a call is about. Arguments and results are JSON.
   * `instead` serves the call here when the owner has not answered within two seconds: of reads alone.
   */
  part<T extends object, M extends Methods<T>>(
    name: string,
    target: T,
    methods: { readonly [K in M]: (...args: T[K] extends (...args: infer A) => unknown ? A : never) => string },
    options?: { readonly instead?: boolean; readonly shard?: number },
  ): T;
  /** Serves a question of another instance. */
  serve(method: string, args: readonly unknown[]): Promise<unknown>;
}

const READ_MS = 2_000;

/** With a store that is not shared every part stays as it is. */
export function createRoutes(post: () => Pick<Post, 'ask'>, isShared: boolean): Routes {
  const served = new Map<string, (...args: unknown[]) => Promise<unknown>>();
  return {
    part(name, target, methods, { instead = false, shard } = {}) {
      if (!isShared) return target;
      const routed = Object.entries(methods).map(([method, tenantOf]) => {
        const full = `${name}.${method}`;
        const here = target[method as keyof typeof target] as (...args: unknown[]) => Promise<unknown>;
        served.set(full, here);
        const there = async (...args: unknown[]) => {
          const known = args.slice(0, args.findLastIndex((arg) => arg !== undefined) + 1);
          const tenantId = (tenantOf as (...args: unknown[]) => string)(...args);
          try {
            return await post().ask(tenantId, full, known, shard, instead ? READ_MS : undefined);
          } catch (error) {
            if (instead && isSilent(error)) return here(...args);
            throw error;
          }
        };
        return [method, there];
      });
      return { ...target, ...Object.fromEntries(routed) };
    },
    serve(method, args) {
      const handler = served.get(method);
      if (handler === undefined) throw new Error(`Nobody serves ${method}: the other instance is of another release.`);
      return handler(...args);
    },
  };
}

const isSilent = (error: unknown): boolean => isSyncError(error) && error.code === 'owner-silent';
