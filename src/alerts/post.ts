import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type AddressPolicy, publicOnly } from './address.ts';

/** How a message was answered; `retryAfterMs` when the answer names a time. */
export interface PostAnswer {
  readonly status: number;
  readonly retryAfterMs: number | null;
}

/** The way out for messages. */
export interface AlertPost {
  /** Why nothing is ever sent to this address, as a sentence; null: it may be. Resolves the name. */
  refusal(url: string): Promise<string | null>;
  /** Sends one message, once; redirects are not followed. Rejects with an Error whose message is for a person. */
  send(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<PostAnswer>;
}

/** All addresses of a name, as `dns.lookup` gives them. */
export type ResolveName = (
  hostname: string,
  done: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

const TIMEOUT_MS = 10_000;
const LONGEST_RETRY_MS = 3_600_000;

const resolveName: ResolveName = (hostname, done) => systemLookup(hostname, { all: true }, done);

class Refused extends Error {}

/**
 * Sends only where the policy allows. The address that a name resolves to is checked **by the connection itself**, which is made to
 * the address that was checked and to no other: a name that is resolved anew in between (DNS rebinding) gains nothing. Each
 * message has a connection of its own.
 */
export function createAlertPost({
  policy = publicOnly(),
  resolve = resolveName,
}: {
  policy?: AddressPolicy;
  resolve?: ResolveName;
} = {}): AlertPost {
  function checkUrl(text: string): URL {
    let url: URL;
    try {
      url = new URL(text);
    } catch {
      throw new Refused('It is no address.');
    }
    if (!policy.protocols.includes(url.protocol)) throw new Refused('It must begin with https://.');
    if (url.username !== '' || url.password !== '') throw new Refused('It must not hold a user name or password.');
    if (url.hash !== '') throw new Refused('It must not have a fragment (#).');
    const host = hostOf(url);
    if (isIP(host) !== 0 && !policy.allows(host)) throw new Refused(notPublic(host));
    return url;
  }

  function checked(hostname: string, done: (error: Error | null, addresses: readonly LookupAddress[]) => void): void {
    resolve(hostname, (error, addresses) => {
      if (error !== null) return done(new Error(`${hostname} cannot be resolved (${error.code ?? 'no code'}).`), []);
      const wrong = addresses.find(({ address }) => !policy.allows(address));
      // One wrong address among good ones is enough: which of them would be called is chance.
      if (wrong !== undefined || addresses.length === 0)
        return done(new Refused(notPublic(wrong === undefined ? hostname : `${hostname} (${wrong.address})`)), []);
      done(null, addresses);
    });
  }

  const lookup: LookupFunction = (hostname, options, callback) =>
    checked(hostname, (error, addresses) => {
      const [first] = addresses;
      if (error !== null || first === undefined) return callback(error ?? new Error('no address'), '', 0);
      if (options.all) return callback(null, [...addresses]);
      callback(null, first.address, first.family);
    });

  return {
    async refusal(text) {
      try {
        const host = hostOf(checkUrl(text));
        if (isIP(host) !== 0) return null;
        await new Promise<void>((resolve, reject) =>
          checked(host, (error) => (error === null ? resolve() : reject(error))),
        );
        return null;
      } catch (error) {
        return error instanceof Error ? error.message : 'It cannot be used.';
      }
    },
    async send(text, headers, body) {
      const url = checkUrl(text);
      const begin = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const options: RequestOptions = {
        method: 'POST',
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        lookup,
        agent: false,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      };
      return new Promise<PostAnswer>((resolve, reject) => {
        const request = begin(url, options, (response) => {
          resolve({ status: response.statusCode ?? 0, retryAfterMs: retryAfter(response.headers['retry-after']) });
          // Nothing of the body is wanted, however long it is.
          request.destroy();
        });
        request.on('error', (error: NodeJS.ErrnoException) => reject(new Error(sentence(error))));
        request.end(body);
      });
    },
  };
}

/** Without the brackets of an IPv6 address. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

const notPublic = (what: string): string =>
  `${what} is no address of the public internet: messages are not sent to private, local or reserved addresses.`;

function sentence(error: NodeJS.ErrnoException): string {
  if (error instanceof Refused || error.message.includes('cannot be resolved')) return error.message;
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return `There was no answer within ${TIMEOUT_MS / 1000} s.`;
  return `The connection failed (${error.code ?? 'no code'}).`;
}

/** Seconds alone: a date would be measured by the receiver's clock. */
function retryAfter(header: string | undefined): number | null {
  if (header === undefined || !/^\d{1,6}$/.test(header)) return null;
  return Math.min(LONGEST_RETRY_MS, Number(header) * 1000);
}
