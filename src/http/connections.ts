import { type ServerOptions, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { ERROR_CODES, type ErrorCode } from '../errors/codes.ts';

/** What clients may hold of the server. */
export interface ConnectionLimits {
  /** The longest that a request may take to arrive, and that a connection may stand without a byte, ms. */
  readonly requestMs: number;
  /** Open at once; what comes beyond is closed unheard. More than hooks may wait for the store (intake/admission.ts), each on its own. */
  readonly connections: number;
}
export const CONNECTION_LIMITS: ConnectionLimits = { requestMs: 30_000, connections: 5_000 };

/** How often within the limit it is looked whether a request arrives too slowly. */
const LOOKS = 6;
/** What the server refuses before there is a request, by Node's code of it. */
const REFUSALS: Readonly<Record<string, { readonly code: ErrorCode; readonly detail: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { code: 'request-too-slow', detail: 'The request did not arrive in time.' },
  HPE_HEADER_OVERFLOW: { code: 'headers-too-large', detail: 'The headers are larger than 16 kB.' },
};
const UNREADABLE = { code: 'invalid-body', detail: 'The request could not be read.' } as const;

/** Fastify's options for the limits. */
export const connectionOptions = ({
  requestMs,
}: ConnectionLimits): Pick<
  FastifyServerOptions,
  'connectionTimeout' | 'requestTimeout' | 'keepAliveTimeout' | 'clientErrorHandler'
> & { http: ServerOptions } => ({
  connectionTimeout: requestMs,
  requestTimeout: requestMs,
  keepAliveTimeout: 72_000,
  // Node takes the longer of the two for a body: left at its minute, a request could take as long.
  http: {
    headersTimeout: requestMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.ceil(requestMs / LOOKS),
  },
  clientErrorHandler: refuseConnection,
});

/** Bounds how many connections stand at once, and says in the log when some were refused, once in `quietMs`. */
export function boundConnections(
  app: FastifyInstance,
  { connections }: ConnectionLimits,
  clock: { now(): number },
  quietMs = 10_000,
): void {
  let saidAt = Number.NEGATIVE_INFINITY;
  app.server.maxConnections = connections;
  app.server.on('drop', () => {
    if (clock.now() - saidAt < quietMs) return;
    saidAt = clock.now();
    app.log.warn({ connections }, 'connections are refused: as many stand as may');
  });
}

/** A problem document, as every refusal is; the connection ends with it. */
function refuseConnection(this: FastifyInstance, error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const { code, detail } = REFUSALS[error.code ?? ''] ?? UNREADABLE;
  const { status, title } = ERROR_CODES[code];
  this.log.debug({ code }, 'a request could not be read');
  if (socket.writable) {
    const body = JSON.stringify({ type: 'about:blank', title, status, detail, code });
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/problem+json; charset=utf-8\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroySoon();
}
