import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { AppServices } from '../../src/app.ts';
import { type Runtime, sleep } from '../../src/runtime.ts';

/** A store that has not answered by then counts as down. */
const PING_MS = 2_000;
const Ready = Type.Object({
  ok: Type.Boolean(),
  dependencies: Type.Object({ store: Type.Enum(['up', 'down']) }),
  hooks: Type.Enum(['accepted', 'full', 'slow'], {
    description:
      'Whether hooks are accepted at the moment. full: too many wait for the store; slow: they wait too long. They are then answered with 503, and sent again; `ok` does not depend on it',
  }),
});

/** For an orchestrator: live says that the process answers, ready that it can do its work. */
export const healthRoutes: FastifyPluginAsyncTypebox<{ services: AppServices }> = async (app, { services }) => {
  app.get(
    '/health/live',
    {
      schema: {
        tags: ['health'],
        summary: 'The process answers',
        response: { 200: Type.Object({ ok: Type.Boolean() }) },
      },
    },
    async () => ({ ok: true }),
  );
  app.get(
    '/health/ready',
    { schema: { tags: ['health'], summary: 'Each dependency by name', response: { 200: Ready, 503: Ready } } },
    async (request, reply) => {
      const failure = await pingFailure(services.runtime, () => services.store.ping());
      const hooks = services.admission.use().refusing ?? ('accepted' as const);
      if (failure === null) return { ok: true, dependencies: { store: 'up' as const }, hooks };
      request.log.error({ err: failure }, 'the store does not answer');
      return reply.code(503).send({ ok: false, dependencies: { store: 'down' as const }, hooks });
    },
  );
};

async function pingFailure(runtime: Runtime, ping: () => Promise<void>): Promise<unknown> {
  const stop = new AbortController();
  try {
    return await Promise.race([
      ping().then(
        () => null,
        (error: unknown) => error ?? new Error('ping failed'),
      ),
      sleep(runtime, PING_MS, stop.signal).then(() => new Error(`no answer within ${PING_MS} ms`)),
    ]);
  } finally {
    stop.abort();
  }
}
