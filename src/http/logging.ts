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

/**
 * What a line tells of a request's address. The unguessable part of a hook's is a credential; of a query only the names are told, since
 * values are persons who are searched for, and a code of Fortnox's consent.
 */
export function loggedUrl(url: string): string {
  const [path = '', query = ''] = url.split(/\?(.*)/s);
  const names = [...new Set(new URLSearchParams(query).keys())].map(encodeURIComponent).join('&');
  return `${path.replace(/(\/webhooks\/[^/]+\/)[^/]+/, '$1[redacted]')}${names === '' ? '' : `?${names}`}`;
}

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
        url: loggedUrl(request.url),
        remoteAddress: request.ip,
      }),
    },
  };
  return destination ? pino(options, destination) : pino(options);
}
