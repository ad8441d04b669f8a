import type { SandboxRequest, SandboxResponse } from '../chassis.ts';
import type { Company } from './company.ts';
import { fieldsMetadata } from './fields.ts';
import type { Hooks } from './hooks.ts';
import { compileQuery } from './query.ts';
import { Refusal } from './refusal.ts';
import type { WebcrmSwitches } from './switches.ts';
import type { Tokens } from './tokens.ts';
import { checkId, instant, jsonObject } from './validate.ts';

interface Call {
  readonly request: SandboxRequest;
  readonly url: URL;
  readonly params: readonly string[];
}
export interface Route {
  readonly method: string;
  /** As it is counted, e.g. /Organisations/{id}. */
  readonly pattern: string;
  readonly match: RegExp;
  readonly open?: true;
  readonly answer: (call: Call) => SandboxResponse;
}

const ENTITY_TYPES = [
  'Activity',
  'Delivery',
  'Event',
  'Opportunity',
  'Organisation',
  'Person',
  'Product',
  'SupportCase',
  'User',
  'All',
];
/** The default is not documented; clients always name it. */
const DEFAULT_SIZE = 100;
const MAX_SIZE = 1000;
const MAX_PAGE = 1_000_000;

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): SandboxResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(body),
});
const empty = (status: number): SandboxResponse => ({ status, headers: {}, body: '' });
export const failure = (status: number, message: string): SandboxResponse =>
  json(status, { Message: message, Type: 'ApiException' });

function parameter(url: URL, name: string): string | null {
  for (const [key, value] of url.searchParams) if (key.toLowerCase() === name.toLowerCase()) return value;
  return null;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Refusal(`The path is not well encoded: ${segment}`);
  }
}

/** The table of webCRM's addresses that the sandbox knows. */
export function createRoutes(deps: {
  company: Company;
  hooks: Hooks;
  tokens: Tokens;
  switches: WebcrmSwitches;
}): readonly Route[] {
  const { company, hooks, tokens, switches } = deps;

  function paged<T>(url: URL, rows: readonly T[]): SandboxResponse {
    const whole = (name: string, fallback: number): number => {
      const text = parameter(url, name);
      if (text === null) return fallback;
      if (!/^[1-9]\d{0,8}$/.test(text)) throw new Refusal(`${name}: ${text} is out of range`);
      return Number(text);
    };
    const page = whole('Page', 1);
    const asked = whole('Size', DEFAULT_SIZE);
    if (page > MAX_PAGE) throw new Refusal(`Page: ${page} is out of range`);
    if (asked > MAX_SIZE && switches.sizeAbove1000 === 'refused') throw new Refusal(`Size: ${asked} is out of range`);
    const size = Math.min(asked, MAX_SIZE);
    return json(200, rows.slice((page - 1) * size, page * size));
  }

  const missing = (what: string): SandboxResponse =>
    switches.missingAnswer === '404' ? failure(404, `${what} does not exist`) : empty(204);
  const body = ({ request }: Call) => jsonObject(request.headers['content-type'], request.body);
  const id = (call: Call): number => {
    const value = Number(call.params[0]);
    if (!Number.isSafeInteger(value)) throw new Refusal(`${call.params[0]} is no id`);
    return value;
  };
  const date = (segment: string | undefined): number => {
    const text = decoded(segment ?? '');
    const ms = instant(text);
    if (ms === null) throw new Refusal(`"${text}" is not an ISO 8601 date with offset`);
    return ms;
  };

  return [
    {
      method: 'POST',
      pattern: '/Auth/ApiLogin',
      match: /^\/Auth\/ApiLogin$/,
      open: true,
      answer: ({ request }) => {
        if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? ''))
          throw new Refusal('The login is not sent as a form', 415);
        return json(200, tokens.login(new URLSearchParams(request.body).get('authCode')));
      },
    },
    {
      method: 'GET',
      pattern: '/Organisations',
      match: /^\/Organisations$/,
      answer: ({ url }) => paged(url, company.list()),
    },
    {
      method: 'POST',
      pattern: '/Organisations',
      match: /^\/Organisations$/,
      answer: (call) => {
        const fields = body(call);
        checkId(fields, 'OrganisationId', 0);
        const created = company.create(fields, 'api');
        if (switches.postAnswer === 'id') return json(200, created);
        return switches.postAnswer === 'object' ? json(200, company.get(created)) : empty(200);
      },
    },
    {
      method: 'GET',
      pattern: '/Organisations/FindByUpdateDates/{from}/{to}',
      match: /^\/Organisations\/FindByUpdateDates\/([^/]+)\/([^/]+)$/,
      answer: ({ url, params }) => {
        const [from, to] = [date(params[0]), date(params[1])];
        const updated = (text: unknown) => Date.parse(String(text));
        return paged(
          url,
          company.list((row) => updated(row.OrganisationUpdatedAt) >= from && updated(row.OrganisationUpdatedAt) < to),
        );
      },
    },
    {
      method: 'GET',
      pattern: '/Organisations/Hooks',
      match: /^\/Organisations\/Hooks$/,
      answer: ({ url }) => paged(url, hooks.list()),
    },
    {
      method: 'POST',
      pattern: '/Organisations/Hooks',
      match: /^\/Organisations\/Hooks$/,
      answer: (call) => json(200, hooks.create(body(call))),
    },
    {
      method: 'GET',
      pattern: '/Organisations/Hooks/{id}',
      match: /^\/Organisations\/Hooks\/(\d+)$/,
      answer: (call) => {
        const hook = hooks.get(id(call));
        return hook ? json(200, hook) : missing('The hook');
      },
    },
    {
      method: 'PUT',
      pattern: '/Organisations/Hooks/{id}',
      match: /^\/Organisations\/Hooks\/(\d+)$/,
      answer: (call) => (hooks.edit(id(call), body(call)) ? empty(200) : missing('The hook')),
    },
    {
      method: 'DELETE',
      pattern: '/Organisations/Hooks/{id}',
      match: /^\/Organisations\/Hooks\/(\d+)$/,
      answer: (call) => (hooks.delete(id(call)) ? empty(200) : missing('The hook')),
    },
    {
      method: 'GET',
      pattern: '/Organisations/{id}',
      match: /^\/Organisations\/(\d+)$/,
      answer: (call) => {
        const row = company.get(id(call));
        return row ? json(200, row) : missing('The organisation');
      },
    },
    {
      method: 'PUT',
      pattern: '/Organisations/{id}',
      match: /^\/Organisations\/(\d+)$/,
      answer: (call) => {
        const fields = body(call);
        checkId(fields, 'OrganisationId', id(call));
        return company.edit(id(call), fields, 'api') ? empty(200) : missing('The organisation');
      },
    },
    {
      method: 'GET',
      pattern: '/Queries',
      match: /^\/Queries$/,
      answer: ({ url }) => {
        const script = parameter(url, 'script');
        if (script === null) throw new Refusal('script: is required');
        return paged(url, company.list(compileQuery(script)));
      },
    },
    {
      method: 'GET',
      pattern: '/FieldsMetadata/{entityTypes}',
      match: /^\/FieldsMetadata(?:\/([^/]+))?$/,
      answer: ({ params }) => {
        const type = params[0] === undefined ? 'All' : decoded(params[0]);
        if (!ENTITY_TYPES.includes(type)) throw new Refusal(`"${type}" is no entity type`);
        return json(200, type === 'Organisation' || type === 'All' ? fieldsMetadata() : []);
      },
    },
  ];
}
