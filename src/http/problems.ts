import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { ERROR_CODES, type ErrorCode } from '../errors/codes.ts';
import { isSyncError, SyncError } from '../errors/sync-error.ts';
import { faultsOf } from './faults.ts';

/** When a caller is to come back after a 503 that does not say it better, ms. */
const RETRY_AFTER_MS = 5_000;
/** More faults than a reader can use are not sent. */
const MOST_FAULTS = 50;

/** Fastify's own refusals in our codes, each with a sentence of ours. */
const FRAMEWORK_ERRORS: Readonly<Record<string, { code: ErrorCode; detail: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'body-too-large', detail: 'The body is larger than 256 kB.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'not-json', detail: 'Send the body as application/json.' },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'not-json', detail: 'The body is not valid JSON.' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'not-json', detail: 'The content type says JSON, but the body is empty.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'invalid-body',
    detail: 'The length of the body is not its Content-Length.',
  },
};

/** Every error leaves as an RFC 9457 problem document; what went wrong inside is logged and never sent. */
export const problems = fp(async (app: FastifyInstance) => {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const known = asSyncError(error);
    // One line each would be one more burden; the admission itself tells of it (src/intake/admission.ts).
    if (known.code === 'overloaded') request.log.debug({ code: known.code }, 'request refused');
    else if (known.status >= 500) request.log.error({ err: error, code: known.code }, 'request failed');
    else request.log.info({ code: known.code }, 'request refused');
    return sendProblem(request, reply, known);
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(request, reply, new SyncError('not-found', 'There is nothing at this address.')),
  );
});

/** What Fastify refuses before it looks for a route, such as an address that is not well-formed. */
export function refuseUnroutable(_error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id);
  void sendProblem(request, reply, new SyncError('invalid-body', 'The address is not well-formed.'));
}

function sendProblem(request: FastifyRequest, reply: FastifyReply, error: SyncError): FastifyReply {
  const { status, title } = ERROR_CODES[error.code];
  if (error.code === 'unauthorised') reply.header('www-authenticate', 'Bearer');
  const waitMs = error.waitMs ?? (status === 503 ? RETRY_AFTER_MS : undefined);
  if (waitMs !== undefined) reply.header('retry-after', String(Math.ceil(waitMs / 1000)));
  const problem = {
    type: 'about:blank',
    title,
    status,
    detail: status >= 500 ? `${title}. The log has more under the request id.` : error.message,
    code: error.code,
    requestId: request.id,
    ...(error.faults ? { faults: error.faults.slice(0, MOST_FAULTS) } : {}),
  };
  // Serialised here: an error before routing has no schema to serialise by.
  return reply
    .code(status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(problem);
}

function asSyncError(error: FastifyError): SyncError {
  if (isSyncError(error)) return error;
  if (error.validation) {
    const faults = faultsOf(error.validation, error.validationContext);
    return new SyncError(
      'invalid-body',
      `The request was not carried out: ${faults
        .slice(0, 5)
        .map((f) => `${f.field}: ${f.message}`)
        .join('; ')}.`,
      { faults },
    );
  }
  const known = FRAMEWORK_ERRORS[error.code];
  if (known) return new SyncError(known.code, known.detail);
  if (error instanceof SyntaxError && error.statusCode === 400)
    return new SyncError('not-json', 'The body is not valid JSON.');
  if (error.statusCode && error.statusCode >= 400 && error.statusCode < 500)
    return new SyncError('invalid-body', 'The request could not be read.');
  return new SyncError('internal', 'An error on our side.', { cause: error });
}
