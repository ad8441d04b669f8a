import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import type { ErrorCode } from '../../src/errors/codes.ts';
import { type Exchange, type Fault, pass } from './proxy.ts';

export interface FaultKind {
  /** The vendor has done what it was asked when it strikes. */
  readonly acts: boolean;
  /** What a call may end with; `well` as without the fault. */
  readonly ends: readonly (ErrorCode | 'well')[];
  /** It ends by the call's time limit. */
  readonly timesOut?: true;
  readonly fault: Fault;
}

/** Where a redirect would lead: whoever follows it hands over the token. Set by the test that listens there. */
export const ELSEWHERE = { url: 'http://127.0.0.1:9/elsewhere' };
/** What the service reads of an answer in these tests; some faults give more. */
export const ANSWER_BYTES = 1024 * 1024;
/** Longer than any call may take. */
const FOR_EVER_MS = 60_000;

const JSON_TYPE = { 'content-type': 'application/json' };
const HTML_TYPE = { 'content-type': 'text/html; charset=utf-8' };
const BOMB = gzipSync(Buffer.alloc(8 * ANSWER_BYTES));
const PAGE = '<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>';

const unreachable = ['vendor-unreachable'] as const;
const failed = ['vendor-failed'] as const;
const unreadable = ['vendor-answer-unreadable'] as const;
/** A form that is not the documented one is taken or refused, never guessed at. */
const wellOrUnreadable = ['well', 'vendor-answer-unreadable'] as const;

type Answering = Parameters<Exchange['answer']>[0];
const before = (fault: Fault, ends: FaultKind['ends']): FaultKind => ({ acts: false, ends, fault });
/** The vendor acts, and its answer is lost or spoilt. */
const after = (fault: Fault, ends: FaultKind['ends']): FaultKind => ({
  acts: true,
  ends,
  async fault(exchange) {
    await exchange.vendor();
    await fault(exchange);
  },
});
/** Somebody on the way answers in the vendor's place. */
const instead = (
  ends: FaultKind['ends'],
  status: number,
  body: string | Buffer,
  headers: Answering['headers'] = JSON_TYPE,
) => before(({ answer }) => answer({ status, body, headers }), ends);
/** The vendor's own answer with another body; an answer without one stays. */
const spoilt = (ends: FaultKind['ends'], change: (body: Buffer) => Buffer | string): FaultKind => ({
  acts: true,
  ends,
  async fault({ vendor, answer }) {
    const given = await vendor();
    answer({ ...given, body: given.body.length === 0 ? given.body : change(given.body) });
  },
});
/** Each value of the answer, wherever it stands. */
const eachValue = (change: (value: unknown, name: string) => unknown) => (body: Buffer) =>
  JSON.stringify(JSON.parse(body.toString('utf8'), (name, value) => change(value, name)));
const isScalar = (value: unknown) => typeof value !== 'object' && value !== undefined;

/** Everything that a network, a gateway or a vendor of another version may do to a call. */
export const FAULTS = {
  latency: {
    acts: true,
    ends: ['well'],
    async fault(exchange) {
      await exchange.wait(2_000);
      await pass(exchange);
    },
  },
  jitter: {
    acts: true,
    ends: ['well'],
    async fault({ vendor, response, wait }) {
      const { status, headers, body } = await vendor();
      response.writeHead(status, headers);
      for (const [at, ms] of [300, 20, 900].entries()) {
        await wait(ms);
        const size = Math.ceil(body.length / 3);
        response.write(body.subarray(at * size, (at + 1) * size));
      }
      response.end();
    },
  },
  'black hole': { ...before(({ wait }) => wait(FOR_EVER_MS), unreachable), timesOut: true },
  'black hole after it acted': { ...after(({ wait }) => wait(FOR_EVER_MS), unreachable), timesOut: true },
  'reset before headers': before(({ socket }) => void socket.resetAndDestroy(), unreachable),
  'reset before headers, after it acted': after(({ socket }) => void socket.resetAndDestroy(), unreachable),
  'closed before headers, after it acted': after(({ socket }) => void socket.end(), unreachable),
  'reset in the midst of the body': {
    acts: true,
    ends: unreachable,
    async fault({ vendor, response, socket, wait }) {
      const { status, headers, body } = await vendor();
      response.writeHead(status, { ...headers, 'content-length': String(body.length + 10) });
      response.write(body.subarray(0, body.length / 2));
      await wait(200);
      socket.resetAndDestroy();
    },
  },
  'closed before the end of the body': {
    acts: true,
    ends: unreachable,
    async fault({ vendor, response, socket }) {
      const { status, headers, body } = await vendor();
      response.writeHead(status, { ...headers, 'content-length': String(body.length + 10) });
      response.write(body);
      socket.end();
    },
  },
  'headers and no body': {
    ...after(({ response, wait }) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-length': '100' });
      response.flushHeaders();
      return wait(FOR_EVER_MS);
    }, unreachable),
    timesOut: true,
  },
  'slow drip': {
    ...after(async ({ response, wait }) => {
      response.writeHead(200, JSON_TYPE);
      for (let drops = 0; drops < 60 && !response.destroyed; drops += 1) {
        response.write(' ');
        await wait(1_000);
      }
    }, unreachable),
    timesOut: true,
  },
  'not HTTP': before(({ socket }) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n'), unreachable),
  // A bare id has no end of its own: only HTTP's framing tells.
  'truncated JSON': spoilt(wellOrUnreadable, (body) =>
    /^\d*$/.test(String(body)) ? body : body.subarray(0, body.length / 2),
  ),
  'malformed JSON': after(
    ({ answer }) => answer({ status: 200, headers: JSON_TYPE, body: '{"Customer": {,}}' }),
    unreadable,
  ),
  'empty body': after(({ answer }) => answer({ status: 200, headers: JSON_TYPE }), wellOrUnreadable),
  'HTML with 200': instead(unreadable, 200, PAGE, HTML_TYPE),
  'HTML with 502': instead(failed, 502, PAGE, HTML_TYPE),
  'plain text with 200': instead(unreadable, 200, 'OK', { 'content-type': 'text/plain' }),
  'wrong content type': {
    acts: true,
    ends: ['well'],
    async fault({ vendor, answer }) {
      const given = await vendor();
      answer({ ...given, headers: { ...given.headers, ...HTML_TYPE } });
    },
  },
  'redirect 302': before(({ answer }) => answer({ status: 302, headers: { location: ELSEWHERE.url } }), unreadable),
  'redirect 307': before(({ answer }) => answer({ status: 307, headers: { location: ELSEWHERE.url } }), unreadable),
  'redirect 308': before(({ answer }) => answer({ status: 308, headers: { location: ELSEWHERE.url } }), unreadable),
  '400': instead(['vendor-refused'], 400, '{"message":"no"}'),
  '401': instead(['vendor-auth'], 401, '{"message":"unauthorized"}'),
  '403': instead(['vendor-auth', 'licence-missing'], 403, '{"message":"forbidden"}'),
  '404': instead(['vendor-refused', 'well'], 404, '{"message":"not found"}'),
  '409': instead(['vendor-refused'], 409, '{"message":"conflict"}'),
  '429 without a wait': instead(['vendor-throttled'], 429, 'Too Many Requests', { 'content-type': 'text/plain' }),
  '429 with a wait': instead(['vendor-throttled'], 429, '{}', { ...JSON_TYPE, 'retry-after': '2' }),
  '429 with a wait in the body': instead(['vendor-throttled'], 429, '{"RetryAfterSeconds":3,"Message":"quota"}'),
  '500': instead(failed, 500, '{"message":"failure"}'),
  '500 after it acted': after(
    ({ answer }) => answer({ status: 500, headers: JSON_TYPE, body: '{"message":"failure"}' }),
    failed,
  ),
  '502': instead(failed, 502, ''),
  '503': instead(failed, 503, '{"message":"busy"}', { ...JSON_TYPE, 'retry-after': '1' }),
  '504 after it acted': after(({ answer }) => answer({ status: 504, headers: HTML_TYPE, body: PAGE }), failed),
  'too long a body': after(
    ({ answer }) => answer({ status: 200, headers: JSON_TYPE, body: Buffer.alloc(ANSWER_BYTES + 1, 0x20) }),
    unreadable,
  ),
  'a body without end': after(async ({ response, wait }) => {
    response.writeHead(200, JSON_TYPE);
    const piece = Buffer.alloc(16 * 1024, 0x20);
    for (let sent = 0; sent < 8 * ANSWER_BYTES && !response.destroyed; sent += piece.length) {
      if (response.write(piece)) continue;
      const room = new AbortController();
      await Promise.race([once(response, 'drain', { signal: room.signal }).catch(() => {}), wait(20)]);
      room.abort();
    }
    response.destroy();
  }, unreadable),
  'a bomb of gzip': after(
    ({ answer }) =>
      answer({
        status: 200,
        headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
        body: BOMB,
      }),
    unreadable,
  ),
  'said to be gzip': after(
    ({ answer }) => answer({ status: 200, headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body: '{}' }),
    unreachable,
  ),
  'invalid UTF-8': after(
    ({ answer }) => answer({ status: 200, headers: JSON_TYPE, body: Buffer.from('{"Name":"\xe5\xe4\xf6"}', 'latin1') }),
    unreadable,
  ),
  'numbers as texts': spoilt(
    wellOrUnreadable,
    eachValue((value) => (typeof value === 'number' ? String(value) : value)),
  ),
  'texts as numbers': spoilt(
    wellOrUnreadable,
    eachValue((value) => (typeof value === 'string' && /^[1-9]\d{0,14}$/.test(value) ? Number(value) : value)),
  ),
  'all null': spoilt(
    wellOrUnreadable,
    eachValue((value) => (isScalar(value) ? null : value)),
  ),
  'ids missing': spoilt(
    wellOrUnreadable,
    eachValue((value, name) => (/(Number|Id|Code)$/.test(name) && isScalar(value) ? undefined : value)),
  ),
  'unknown values of lists': spoilt(
    wellOrUnreadable,
    eachValue((value, name) => (/(Type|Status|State)$/.test(name) && isScalar(value) ? 'something new' : value)),
  ),
  'unknown fields': spoilt(
    wellOrUnreadable,
    eachValue((value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value, newField: { a: [1] } } : value,
    ),
  ),
  'a list for a record': after(
    ({ answer }) => answer({ status: 200, headers: JSON_TYPE, body: '[]' }),
    wellOrUnreadable,
  ),
  'a list of nothing': after(
    ({ answer }) => answer({ status: 200, headers: JSON_TYPE, body: '[null,1,"x",[]]' }),
    wellOrUnreadable,
  ),
  'a record for a list': after(
    ({ answer }) => answer({ status: 200, headers: JSON_TYPE, body: '{"a":{}}' }),
    wellOrUnreadable,
  ),
  'a bare text': after(({ answer }) => answer({ status: 200, headers: JSON_TYPE, body: '"ok"' }), wellOrUnreadable),
  'nested without end': after(
    ({ answer }) => answer({ status: 200, headers: JSON_TYPE, body: `${'['.repeat(100_000)}${']'.repeat(100_000)}` }),
    wellOrUnreadable,
  ),
  '__proto__ in the answer': spoilt(wellOrUnreadable, (body) =>
    String(body).startsWith('{') ? `{"__proto__":{"polluted":true},${String(body).slice(1)}` : body,
  ),
} as const satisfies Readonly<Record<string, FaultKind>>;

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];
