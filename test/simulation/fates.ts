import { ARRIVAL_MS } from '../../src/store/embedded/arrival.ts';
import type { Fate } from '../histories/network.ts';
import type { Chances } from '../histories/prng.ts';

type Draw = (chances: Chances) => Fate;

const JSON_TYPE = { 'content-type': 'application/json' };
const HTML_TYPE = { 'content-type': 'text/html; charset=utf-8' };
const PAGE = '<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>';

const answered =
  (status: number, body: string, headers: Readonly<Record<string, string>> = JSON_TYPE): Draw =>
  (chances) => ({
    kind: 'replaced',
    // What answers in the vendor's place may have passed the call on first.
    acted: status >= 500 && chances.chance(0.5),
    answer: { status, headers: { ...headers }, body },
  });

/** A create that arrives later than this after its process has died may be made twice. */
const LONGEST_WAY_MS = ARRIVAL_MS - 500;

/** Every way in which a call goes wrong, by name. Their answers are none that a vendor documents, but for 429. */
export const FATES = {
  unreached: () => ({ kind: 'broken', acted: false }),
  lostAnswer: () => ({ kind: 'broken', acted: true }),
  silence: (chances) => ({ kind: 'silent', acted: chances.chance(0.5) }),
  slowness: (chances) => ({
    kind: 'slow',
    thereMs: chances.below(LONGEST_WAY_MS),
    backMs: 500 + chances.below(20_000),
  }),
  cutBody: () => ({ kind: 'cut' }),
  failure: (chances) => answered(chances.one([500, 502, 503, 504, 408]), '{"message":"failure"}')(chances),
  htmlFailure: (chances) => answered(chances.one([502, 503]), PAGE, HTML_TYPE)(chances),
  htmlSuccess: answered(200, PAGE, HTML_TYPE),
  redirect: answered(302, '', { location: 'https://elsewhere.invalid/login' }),
  refusal: (chances) => answered(chances.one([400, 409, 422]), '{"message":"no"}')(chances),
  unauthorised: answered(401, '{"message":"unauthorized"}'),
  forbidden: answered(403, '{"message":"forbidden"}'),
  throttled: answered(429, 'Too Many Requests', { 'content-type': 'text/plain' }),
  throttledWithWait: (chances) =>
    answered(429, 'Too Many Requests', { 'retry-after': String(1 + chances.below(30)) })(chances),
} as const satisfies Readonly<Record<string, Draw>>;

export type FateName = keyof typeof FATES;
export const FATE_NAMES = Object.keys(FATES) as readonly FateName[];
