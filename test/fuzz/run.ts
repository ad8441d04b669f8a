import fc from 'fast-check';
import { ROLES, type Role } from '../../schemas/access.ts';
import { CLIENT_SECRET } from '../../src/sandbox/fortnox/tokens.ts';
import type { Store } from '../../src/store/port.ts';
import { dumpTenant } from '../support/dump.ts';
import { type Operation, operationsOf } from '../support/operations.ts';
import { articles, customer, openWorld } from '../support/world.ts';
import { hostileText, mutated } from './arbitrary.ts';

interface Request {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly payload: string | null;
  readonly type: string;
}
/** What went wrong, with what it takes to see it again. */
export interface Failure {
  readonly what: string;
  readonly request: string;
  readonly answer: string;
}
export interface Outcome {
  readonly operations: number;
  readonly requests: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
}

/** The most requests of one token a minute, with some to spare. */
const PER_TOKEN = 1000;

/** Everything that the store holds of its tenants and tokens, but when a token was used. */
async function dump(store: Store, tenants: readonly string[]): Promise<string> {
  const all = { limit: 1000 };
  return JSON.stringify([
    (await store.tenants.list(all)).items,
    (await store.tokens.list(all)).items.map(({ lastUsedAt: _used, ...token }) => token),
    (await store.alertTargets.list(all)).items,
    await Promise.all(tenants.map((tenant) => dumpTenant(store, tenant))),
  ]);
}

/** Requests of an operation: of the tenant named, with other values hostile, nearly right, or ids that there are. */
function requestsOf(
  { path, parameters, body }: Operation,
  tenant: string,
  ids: readonly string[],
): fc.Arbitrary<Request> {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const known = fc.constantFrom('1', '2', 'root', tenant, ...ids);
  const values = fc.record(
    Object.fromEntries(
      inPath.map((name) => {
        const schema = parameters.find((one) => one.in === 'path' && one.name === name)?.schema ?? { type: 'string' };
        return [name, name === 'tenant' ? fc.constant(tenant) : fc.oneof(known, mutated(schema), hostileText)];
      }),
    ),
  );
  const queries = parameters.filter((one) => one.in === 'query');
  const query = fc.record(
    Object.fromEntries(
      queries.map(({ name, schema }) => [
        name,
        fc.oneof({ weight: 2, arbitrary: mutated(schema) }, { weight: 1, arbitrary: hostileText }),
      ]),
    ),
    { requiredKeys: [] },
  );
  const headers = fc.record(
    Object.fromEntries(
      parameters
        .filter((one) => one.in === 'header')
        .map(({ name, schema }) => [name, mutated(schema).map((value) => sendable(text(value)))]),
    ),
    { requiredKeys: [] },
  );
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  const encoded = (value: unknown) => encodeURIComponent(text(value).replaceAll(/\p{Cs}/gu, '?'));
  const payload =
    body === null
      ? fc.constant(null)
      : fc.oneof(
          { weight: 8, arbitrary: mutated(body).map((value) => JSON.stringify(value)) },
          {
            weight: 1,
            arbitrary: fc.constantFrom('', '{', 'null', '[]', `{"__proto__":{"role":"administer"}}`, '{"a":1,"a":2}'),
          },
        );
  return fc
    .record({
      values,
      query,
      headers,
      payload,
      type: fc.constantFrom(...Array(9).fill('application/json'), 'text/plain', 'application/xml'),
    })
    .map((drawn) => {
      const at = path.replaceAll(
        /\{(\w+)\}/g,
        (_, name: string) => encoded(text(drawn.values[name] ?? '').slice(0, 40)) || '%20',
      );
      const search = Object.entries(drawn.query).map(([name, value]) => `${name}=${encoded(value)}`);
      const { payload, type } = drawn;
      return { url: search.length === 0 ? at : `${at}?${search.join('&')}`, payload, type, headers: drawn.headers };
    });
}

/** As much of a text as a header may hold at all: no client could send the rest. */
const sendable = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 600);

/**
 * Calls every operation of the OpenAPI document with hostile values: first without a token, with a wrong one, with too small a role, for
 * another's tenant, and for one's own with another's ids, which must change nothing and tell nothing; then with every right. No answer may be a failure of ours or hold a secret.
 */
export async function fuzz(options: { readonly seed: number; readonly perOperation: number }): Promise<Outcome> {
  const world = await openWorld();
  try {
    const failures: Failure[] = [];
    const byStatus: Record<string, number> = {};
    let requests = 0;
    await articles(world);
    await customer(world);
    const { admin } = world;
    const other = (await world.runtime.drive(admin.createTenant('Other'))).tenant.id;
    const tenants = [world.tenantId, other];
    const issued: string[] = [];
    const makeToken = async (role: Role, reach: readonly string[] | null): Promise<string> => {
      const answer = await ask(ROOT, {
        method: 'POST',
        url: '/api/tokens',
        payload: JSON.stringify({ name: `${role} ${issued.length}`, role, tenants: reach }),
        type: 'application/json',
        headers: {},
      });
      const { secret } = JSON.parse(answer.body) as { secret: string };
      issued.push(secret);
      return secret;
    };
    const ROOT = world.adminToken;
    const sealedTexts: string[] = [];
    for (const { name } of await world.store.secrets.list(world.tenantId))
      sealedTexts.push((await world.store.secrets.get(world.tenantId, name)) ?? '-');
    const hookTokens: string[] = [];
    for (const tenant of tenants) hookTokens.push((await world.store.tenants.get(tenant))?.hookToken ?? '-');
    const fixed = [CLIENT_SECRET, world.webcrm.applicationToken, ROOT, ...sealedTexts];

    async function ask(token: string | null, request: Request & { method: string }, from = requests) {
      requests += 1;
      const answer = await world.inject({
        method: request.method as 'GET',
        url: request.url,
        // Strangers are counted by address.
        remoteAddress: `10.${(from >> 16) & 255}.${(from >> 8) & 255}.${from & 255}`,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(request.payload === null ? {} : { 'content-type': request.type }),
          ...request.headers,
        },
        ...(request.payload === null ? {} : { payload: request.payload }),
      });
      byStatus[answer.statusCode] = (byStatus[answer.statusCode] ?? 0) + 1;
      return { status: answer.statusCode, body: answer.body, headers: JSON.stringify(answer.headers) };
    }

    const document = await ask(null, { method: 'GET', url: '/docs/json', payload: null, type: '', headers: {} });
    const operations = operationsOf(document.body);
    const run = await world.call('/imports', { kinds: ['customer'], dryRun: true });
    await world.quiet();
    const all = { limit: 100 };
    const pairs = (await world.store.pairs.list(world.tenantId, all)).items;
    const lines = (await world.store.activity.list(world.tenantId, all)).items;
    const ids = [...pairs, ...lines.slice(0, 3)].map(({ id }) => id).concat(String(run.body.id));
    const draw = (operation: Operation, tenant: string, count: number, salt: number) =>
      fc.sample(requestsOf(operation, tenant, ids), { seed: options.seed + salt, numRuns: count });

    const fail = (
      what: string,
      who: string,
      { method }: Operation,
      request: Request,
      answer: { status: number; body: string },
    ) =>
      failures.push({
        what,
        request: `${who} ${method} ${request.url.slice(0, 300)} ${request.type} ${(request.payload ?? '').slice(0, 600)}`,
        answer: `${answer.status} ${answer.body.slice(0, 600)}`,
      });
    const judge = (
      who: string,
      operation: Operation,
      request: Request,
      answer: { status: number; body: string; headers: string },
    ) => {
      if (answer.status >= 500) fail('a failure of ours', who, operation, request, answer);
      if (answer.status === 429) fail('the limit was met', who, operation, request, answer);
      const said = `${answer.body}${answer.headers}`;
      // The address of a webhook holds its token: it is what this one is asked for.
      const untold = operation.path.endsWith('/webhook-secret') ? [] : hookTokens;
      for (const canary of [...fixed, ...issued, ...untold])
        if (said.includes(canary) && !(request.payload ?? '').includes(canary))
          fail('a secret leaked', who, operation, request, answer);
      if (/x-injected/i.test(answer.headers)) fail('a header was injected', who, operation, request, answer);
    };

    // Without the right: nothing may change.
    const guarded = operations.filter((operation) => operation.role !== null);
    const weak: { readonly who: string; readonly token: string; readonly expected: number }[] = [];
    for (const role of ROLES) weak.push({ who: `role ${role}`, token: await makeToken(role, null), expected: 403 });
    const stranger = { who: 'another tenant', token: await makeToken('administer', [other]), expected: 404 };
    const before = await dump(world.store, tenants);
    for (const [index, operation] of guarded.entries()) {
      const callers = [
        { who: 'nobody', token: null, expected: 401 },
        { who: 'a wrong token', token: `${ROOT}x`, expected: 401 },
        ...weak.slice(0, ROLES.indexOf(operation.role ?? 'administer')),
        ...(operation.path.includes('{tenant}') ? [stranger] : []),
      ];
      for (const [place, { who, token, expected }] of callers.entries())
        for (const request of draw(operation, world.tenantId, 1, index * 10 + place)) {
          const answer = await ask(token, { ...request, method: operation.method });
          judge(who, operation, request, answer);
          if (answer.status !== expected) fail(`expected ${expected}`, who, operation, request, answer);
        }
    }
    const after = await dump(world.store, tenants);
    if (before !== after)
      failures.push({
        what: 'something was written without right',
        request: '',
        answer: firstDifference(before, after),
      });

    // Another's ids, in one's own tenant: each of them, at each operation that takes one.
    const ours = await dumpTenant(world.store, world.tenantId);
    const names = [...pairs.flatMap(({ base }) => Object.values(base?.webcrm ?? {})), ...ids].filter(isTelling);
    for (const operation of guarded.filter(({ path }) => /\{tenant\}.*\{/.test(path)))
      for (const id of ids) {
        const [drawn] = draw(operation, other, 1, ids.indexOf(id));
        const url = operation.path.replace('{tenant}', other).replace('{side}', 'webcrm').replace('{id}', id);
        const request = { ...drawn, url } as Request;
        const answer = await ask(stranger.token, { ...request, method: operation.method });
        judge('a stranger', operation, request, answer);
        for (const name of names)
          if (answer.body.includes(name) && !`${url}${request.payload}`.includes(name))
            fail(`it tells of ${name}`, 'a stranger', operation, request, answer);
      }
    if (ours !== (await dumpTenant(world.store, world.tenantId)))
      failures.push({ what: 'a stranger changed a record', request: '', answer: '' });

    // With every right: no answer is a failure of ours.
    let token = await makeToken('administer', null);
    let used = 0;
    for (const [index, operation] of operations.entries()) {
      for (const [place, request] of draw(operation, world.tenantId, options.perOperation, 100_000 + index).entries()) {
        if (used++ % PER_TOKEN === PER_TOKEN - 1) token = await makeToken('administer', null);
        const answer = await ask(
          operation.role === null ? null : token,
          { ...request, method: operation.method },
          index * 1000 + place,
        );
        judge('administer', operation, request, answer);
      }
    }
    return { operations: operations.length, requests, byStatus, failures };
  } finally {
    await world.close();
  }
}

/** A value by which a record would be recognised. */
const isTelling = (value: unknown): value is string => typeof value === 'string' && value.length > 5;

function firstDifference(a: string, b: string): string {
  let at = 0;
  while (a[at] === b[at]) at += 1;
  return `${a.slice(Math.max(0, at - 100), at + 200)} | ${b.slice(Math.max(0, at - 100), at + 200)}`;
}
