import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Seal } from '../admin/seal.ts';
import { SyncError } from '../errors/sync-error.ts';
import { sha256 } from '../hash.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import { principalOf, REPLAYED } from './guard.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route makes something: with the header Idempotency-Key it makes it once, however often it is asked. */
    idempotent?: boolean;
  }
  interface FastifyRequest {
    /** The key that this request began, under its hash; null: none. */
    idempotencyKey: string | null;
  }
}

const HEADER = 'idempotency-key';
/** How long an answer is given again. */
const KEPT_MS = 24 * 3_600_000;
/** Longer than any create takes: a process that died in the middle of one holds its key no longer. */
const UNDER_WAY_MS = 5 * 60_000;
/** Answers of one caller that are kept at a time. */
const MOST_KEPT = 1_000;

interface KeptAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * The header Idempotency-Key on the creates of `scope`: the first answer is kept for a day, sealed, and given again for the same
 * key of the same caller, with `idempotency-replayed: true`. The same key with another request is refused (422), and while the
 * first is under way (409). An answer of 5xx is not kept: the key is free again.
 */
export function idempotency(
  scope: FastifyInstance,
  { store, seal, runtime }: { store: Pick<Store, 'answers'>; seal: Seal; runtime: Pick<Runtime, 'now'> },
): void {
  scope.decorateRequest('idempotencyKey', null);
  scope.addHook('onRoute', (route) => {
    if (route.config?.idempotent !== true || !route.schema) return;
    route.schema.headers = {
      type: 'object',
      properties: {
        [HEADER]: {
          type: 'string',
          minLength: 1,
          maxLength: 255,
          description: 'Any text that is new for each thing to be made: the same request with the same key makes one.',
          examples: ['7f3c1a4e-import-of-monday'],
        },
      },
    };
  });
  // After validation: what is refused as unreadable holds no key.
  scope.addHook('preHandler', async (request, reply) => {
    const key = request.headers[HEADER];
    if (request.routeOptions.config.idempotent !== true || typeof key !== 'string') return;
    const [caller, name, now] = [principalOf(request).id, sha256(key), runtime.now()];
    if ((await store.answers.count(caller, now, MOST_KEPT)) >= MOST_KEPT)
      throw new SyncError('too-many-requests', `At most ${MOST_KEPT} idempotency keys a day are kept for one token.`);
    const fingerprint = sha256(JSON.stringify([request.method, request.url, request.body ?? null]));
    const kept = await store.answers.begin(caller, name, fingerprint, now, now + UNDER_WAY_MS);
    if (kept === null) {
      request.idempotencyKey = name;
      return;
    }
    if (kept.fingerprint !== fingerprint)
      throw new SyncError(
        'idempotency-key-used',
        'This Idempotency-Key was used for another request within the last day: use a new one.',
      );
    if (kept.sealed === null)
      throw new SyncError(
        'conflict',
        'The first request with this Idempotency-Key is under way: ask again in a moment.',
      );
    return again(reply, kept.sealed, boundTo(request, name));
  });
  scope.addHook('onSend', async (request, reply, payload) => {
    const name = request.idempotencyKey;
    if (name === null) return payload;
    request.idempotencyKey = null;
    const caller = principalOf(request).id;
    try {
      if (reply.statusCode >= 500 || typeof payload !== 'string') await store.answers.drop(caller, name);
      else {
        const type = String(reply.getHeader('content-type') ?? 'application/json');
        const answer: KeptAnswer = { status: reply.statusCode, type, body: payload };
        const sealed = seal.seal(JSON.stringify(answer), boundTo(request, name));
        await store.answers.finish(caller, name, sealed, runtime.now() + KEPT_MS);
      }
    } catch (error) {
      // What was made is made, and the caller is told; a repetition is refused until the key ends.
      request.log.error({ err: error }, 'the answer under an idempotency key could not be kept');
    }
    return payload;
  });

  function again(reply: FastifyReply, sealed: string, purpose: string): FastifyReply {
    const opened = seal.open(sealed, purpose);
    if ('fault' in opened)
      throw new SyncError(
        'conflict',
        'It was made before, but its answer can no longer be read: look for it by a GET.',
      );
    const { status, type, body } = JSON.parse(opened.text) as KeptAnswer;
    return reply.code(status).header('content-type', type).header(REPLAYED, 'true').serializer(String).send(body);
  }
}

const boundTo = (request: FastifyRequest, name: string): string => `answer/${principalOf(request).id}/${name}`;
