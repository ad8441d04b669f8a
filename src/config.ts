import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';

const FORTNOX_API_URL = 'https://api.fortnox.se';

const OCTET = '(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})';
/** IPv4 or IPv6 with or without a prefix, or one of the names that Fastify knows. */
const PROXY = `((${OCTET}\\.){3}${OCTET}(/(3[0-2]|[12]?[0-9]))?|[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,7}(/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))?|loopback|linklocal|uniquelocal)`;

const httpUrl = (example: string) =>
  Type.Optional(
    Type.String({ pattern: '^https?://[^\\s/@]+(/[^\\s]*)?$', description: `must be an address such as ${example}` }),
  );

/** The environment as text. Each description completes the sentence that a faulty value is answered with. */
const Environment = Type.Object({
  PORT: Type.Optional(
    Type.String({
      pattern: '^([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$',
      description: 'must be a whole number from 0 to 65535',
    }),
  ),
  HOST: Type.Optional(
    Type.String({ pattern: '^[^\\s]+$', description: 'must be an address to listen on, such as 127.0.0.1' }),
  ),
  PUBLIC_URL: httpUrl('https://sync.example.com'),
  TRUST_PROXY: Type.Optional(
    Type.String({
      pattern: `^${PROXY}(,${PROXY})*$`,
      description:
        'must be addresses or networks of the proxies before the service, with commas, such as 10.0.0.0/8 or loopback',
    }),
  ),
  MONGODB_URL: Type.Optional(
    Type.String({
      pattern: '^mongodb(\\+srv)?://[^\\s/]+/[A-Za-z0-9_-]{1,38}(\\?[^\\s]*)?$',
      description:
        'must be an address that names a database, such as mongodb://user:password@host/sync; unset: the embedded store in DATA_DIR',
    }),
  ),
  DATA_DIR: Type.Optional(Type.String({ minLength: 1, description: 'must be a folder' })),
  ADMIN_TOKEN: Type.Optional(
    Type.String({
      pattern: '^[\\x21-\\x2b\\x2d-\\x7e]{24,}(,[\\x21-\\x2b\\x2d-\\x7e]{24,})*$',
      description:
        'must have at least 24 visible ASCII characters, no blanks and commas; former tokens after it with commas',
    }),
  ),
  ENCRYPTION_KEY: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9+/]{43}=(,[A-Za-z0-9+/]{43}=)*$',
      description:
        'must be 32 bytes in base64 (44 characters), former keys after it with commas; make one with: openssl rand -base64 32',
    }),
  ),
  FORTNOX_CLIENT_ID: Type.Optional(Type.String({ pattern: '^[^\\s]+$', description: 'must be one word' })),
  FORTNOX_CLIENT_SECRET: Type.Optional(Type.String({ pattern: '^[^\\s]+$', description: 'must be one word' })),
  FORTNOX_API_URL: httpUrl(FORTNOX_API_URL),
  FORTNOX_AUTH_URL: httpUrl('https://apps.fortnox.se'),
  FORTNOX_STREAM_URL: Type.Optional(
    Type.String({
      pattern: '^wss?://[^\\s/@]+(/[^\\s]*)?$',
      description: 'must be an address such as wss://ws.fortnox.se/topics-v1, or empty to switch the stream off',
    }),
  ),
  WEBCRM_API_URL: httpUrl('https://api.webcrm.com'),
  SANDBOX_URL: httpUrl('http://127.0.0.1:4000'),
  POLL_INTERVAL_SECONDS: Type.Optional(
    Type.String({
      pattern: '^([1-9][0-9]{0,3}|[1-7][0-9]{4}|8[0-5][0-9]{3}|86[0-3][0-9]{2}|86400)$',
      description: 'must be a whole number from 1 to 86400',
    }),
  ),
  LOG_LEVEL: Type.Optional(
    Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      description: 'must be one of fatal, error, warn, info, debug, trace, silent',
    }),
  ),
});
type Environment = Static<typeof Environment>;
export type LogLevel = NonNullable<Environment['LOG_LEVEL']>;

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Where vendors reach us, without a slash at its end. */
  readonly publicUrl: string;
  /** Addresses and networks of proxies whose word about a caller's address counts, with commas. null: none. */
  readonly trustProxy: string | null;
  /** null: the embedded store in the data folder. */
  readonly mongodbUrl: string | null;
  readonly dataDir: string;
  /** null: made once and kept in the data folder. */
  readonly adminToken: string | null;
  /** They count as well, while callers and instances change to the first. */
  readonly formerTokens: readonly string[];
  /** 32 bytes; null: made once and kept in the data folder. */
  readonly encryptionKey: Buffer | null;
  /** They only open what was sealed before the key was changed. */
  readonly formerKeys: readonly Buffer[];
  readonly fortnox: {
    readonly clientId: string | null;
    readonly clientSecret: string | null;
    readonly apiUrl: string;
    readonly authUrl: string;
    /** null: the stream is off, and the poll finds every change. */
    readonly streamUrl: string | null;
  };
  readonly webcrm: { readonly apiUrl: string };
  /** The page of the vendors' stand-ins, for a playground: the console links to it. null: there is none. */
  readonly sandboxUrl: string | null;
  readonly pollIntervalSeconds: number;
  readonly logLevel: LogLevel;
}

/** One line for each fault; it never repeats a value, which may be a secret. */
export class ConfigError extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

const withoutSlash = (url: string) => url.replace(/\/+$/, '');

/**
 * Reads the settings from the environment; an empty value counts as unset, but an empty FORTNOX_STREAM_URL switches the
 * stream off. Raises ConfigError with every fault.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given: Record<string, string> = {};
  for (const name of Object.keys(Environment.properties)) {
    const value = env[name]?.trim();
    if (value) given[name] = value;
  }
  const faults = findFaults(given);
  if (faults.length > 0) throw new ConfigError(faults);
  const from = given as Environment;
  const port = Number(from.PORT ?? 3000);
  const keys = from.ENCRYPTION_KEY?.split(',').map((key) => Buffer.from(key, 'base64')) ?? [];
  const [encryptionKey, ...formerKeys] = keys;
  const fortnoxApiUrl = withoutSlash(from.FORTNOX_API_URL ?? FORTNOX_API_URL);
  const [adminToken = null, ...formerTokens] = from.ADMIN_TOKEN?.split(',') ?? [];
  return {
    port,
    host: from.HOST ?? '0.0.0.0',
    publicUrl: withoutSlash(from.PUBLIC_URL ?? `http://localhost:${port}`),
    trustProxy: from.TRUST_PROXY ?? null,
    mongodbUrl: from.MONGODB_URL ?? null,
    dataDir: from.DATA_DIR ?? './data',
    adminToken,
    formerTokens,
    encryptionKey: encryptionKey ?? null,
    formerKeys,
    fortnox: {
      clientId: from.FORTNOX_CLIENT_ID ?? null,
      clientSecret: from.FORTNOX_CLIENT_SECRET ?? null,
      apiUrl: fortnoxApiUrl,
      authUrl: withoutSlash(from.FORTNOX_AUTH_URL ?? 'https://apps.fortnox.se'),
      streamUrl: from.FORTNOX_STREAM_URL ?? defaultStream(env, fortnoxApiUrl),
    },
    webcrm: { apiUrl: withoutSlash(from.WEBCRM_API_URL ?? 'https://api.webcrm.com') },
    sandboxUrl: from.SANDBOX_URL ?? null,
    pollIntervalSeconds: Number(from.POLL_INTERVAL_SECONDS ?? 360),
    logLevel: from.LOG_LEVEL ?? 'info',
  };
}

/** Fortnox's own stream knows nothing of another system's tokens, and is never told them. */
const defaultStream = (env: Readonly<Record<string, string | undefined>>, apiUrl: string): string | null =>
  env.FORTNOX_STREAM_URL !== undefined || apiUrl !== FORTNOX_API_URL ? null : 'wss://ws.fortnox.se/topics-v1';

function findFaults(given: Record<string, string>): string[] {
  const faults: string[] = [];
  // Name by name: the checker of a whole object stops after eight faults.
  for (const [name, rule] of Object.entries(Environment.properties)) {
    if (given[name] === undefined || Value.Check(rule, given[name])) continue;
    faults.push(`${name} ${'description' in rule ? rule.description : 'is not valid'}`);
  }
  if ((given.FORTNOX_CLIENT_ID === undefined) !== (given.FORTNOX_CLIENT_SECRET === undefined)) {
    faults.push('FORTNOX_CLIENT_ID and FORTNOX_CLIENT_SECRET belong together: set both or neither');
  }
  if (given.MONGODB_URL !== undefined && (given.ENCRYPTION_KEY === undefined || given.ADMIN_TOKEN === undefined)) {
    // What each instance made for itself, the others could neither read nor accept.
    faults.push('MONGODB_URL needs ENCRYPTION_KEY and ADMIN_TOKEN: all instances share them');
  }
  return faults;
}
