import { type Logger, pino } from 'pino';
import type { LogLevel } from '../config.ts';

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

/** A logger of JSON lines that leaves out credentials, wherever they stand in the first two levels. */
export function createLogger(level: LogLevel, destination?: { write(line: string): void }): Logger {
  const secrets = SECRET_NAMES.filter((name) => name !== 'code');
  const options = {
    level,
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
      req: (request: { method: string; url: string; ip?: string }) => ({
        method: request.method,
        url: withoutHookToken(request.url),
        remoteAddress: request.ip,
      }),
    },
  };
  return destination ? pino(options, destination) : pino(options);
}
