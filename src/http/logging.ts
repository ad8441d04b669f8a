import { type Logger, pino, stdSerializers } from 'pino';
import type { LogLevel } from '../config.ts';
import { isSyncError } from '../errors/sync-error.ts';
import { createLogContext, type LogContext, type LogFields } from './log-context.ts';

const SECRET_NAMES = [
  'authorization',
  'applicationToken',
  'refreshToken',
  'accessToken',
  'code',
  'secret',
  'clientSecret',
  'hookToken',
  'adminToken',
  'encryptionKey',
];

/** The unguessable part of a hook's address is a credential. */
export const withoutHookToken = (url: string): string => url.replace(/(\/webhooks\/[^/]+\/)[^/?]+/, '$1[redacted]');

/** A vendor's refusal may quote the record, and with it a person: its words are kept with the job. */
const errorOf = (error: Error): object =>
  isSyncError(error) && error.retry === 'refused'
    ? { type: error.name, code: error.code, message: 'kept with the job', stack: framesOf(error) }
    : stdSerializers.err(error);
const framesOf = ({ stack = '' }: Error): string => (stack.match(/^ {4}at .*$/gm) ?? []).join('\n');

/** A request's own logger names it already. */
const without = ({ reqId, ...fields }: LogFields, bound: object): object =>
  reqId === undefined || 'reqId' in bound ? fields : { reqId, ...fields };

/**
 * A logger of JSON lines that leaves out credentials, wherever they stand in the first two levels. Each line names the request, tenant
 * and job of the work that wrote it.
 */
export function createLogger(
  level: LogLevel,
  destination?: { write(line: string): void },
  context: LogContext = createLogContext(),
): Logger {
  const secrets = SECRET_NAMES.filter((name) => name !== 'code');
  const options = {
    level,
    mixin: (_line: object, _level: number, logger: Logger) => without(context.fields(), logger.bindings()),
    redact: {
      paths: [
        ...secrets,
        ...secrets.map((name) => `*.${name}`),
        'req.headers.authorization',
        'headers.authorization',
        'grant.code',
      ],
      censor: '[redacted]',
    },
    serializers: {
      err: errorOf,
      req: (request: { method: string; url: string; ip?: string }) => ({
        method: request.method,
        url: withoutHookToken(request.url),
        remoteAddress: request.ip,
      }),
    },
  };
  return destination ? pino(options, destination) : pino(options);
}
