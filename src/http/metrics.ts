import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { Counter, collectDefaultMetrics, Histogram } from 'prom-client';
import { Type } from 'typebox';
import type { Metrics } from '../metrics/metrics.ts';

/** The service's figures at /metrics, with those of its requests. No label names a tenant: their number is not bounded. */
export const metrics = fp(
  async (app: FastifyInstance, { metrics }: { metrics: Pick<Metrics, 'registry' | 'refresh'> }) => {
    const { registry } = metrics;
    // Here, not with each service: they are the process's own, and their watchers stay for good.
    collectDefaultMetrics({ register: registry });
    const requests = new Counter({
      name: 'http_requests_total',
      help: 'Requests answered',
      labelNames: ['method', 'route', 'status'],
      registers: [registry],
    });
    const seconds = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from request to answer',
      labelNames: ['method', 'route'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers: [registry],
    });
    app.addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.url ?? 'unknown';
      requests.inc({ method: request.method, route, status: reply.statusCode });
      seconds.observe({ method: request.method, route }, reply.elapsedTime / 1000);
    });
    app.get(
      '/metrics',
      {
        schema: {
          tags: ['health'],
          summary: 'Figures for Prometheus',
          response: {
            200: {
              description: 'In the text format of Prometheus',
              content: { 'text/plain': { schema: Type.String() } },
            },
          },
        },
      },
      async (_request, reply) => {
        await metrics.refresh();
        return reply.type(registry.contentType).send(await registry.metrics());
      },
    );
  },
);
