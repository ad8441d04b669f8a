import type { Priority } from '../../../schemas/records.ts';
import { SyncError } from '../../errors/sync-error.ts';
import { field, type HttpAnswer, type HttpRequest, type Send, sameText, segment } from '../http.ts';
import type { WebcrmAuth, WebcrmSession } from './auth.ts';
import { webcrmError } from './errors.ts';
import { organisationsWhere } from './query.ts';
import type { WebcrmClient, WebcrmField, WebcrmHook, WebcrmOrganisation } from './types.ts';

/** The most rows that webCRM gives in a page (webcrm.md 3). */
const PAGE_SIZE = 1000;
const ORGANISATION_ROUTE = '/Organisations/{id}';
const HOOKS = '/Organisations/Hooks';

interface Call {
  readonly method: HttpRequest['method'];
  readonly path: string;
  readonly route: string;
  readonly priority: Priority;
  readonly body?: unknown;
}

/** The typed client of one tenant's webCRM system. Every call goes through the token's gate; errors as in `errors.ts`. */
export function createWebcrmClient(deps: { apiUrl: string; send: Send; auth: WebcrmAuth }): WebcrmClient {
  const { apiUrl, send, auth } = deps;

  /** Sends the call, and once more after a new login when it is answered with 401; answers whatever the status is. */
  async function exchange(call: Call): Promise<HttpAnswer> {
    const attempt = ({ gate, accessToken }: WebcrmSession) =>
      gate.run(call.priority, () => send(requestOf(apiUrl, call, accessToken)));
    const session = await auth.session();
    const answer = await attempt(session);
    if (answer.status !== 401) return answer;
    return attempt(await auth.session(session.accessToken));
  }

  async function succeed(call: Call, permitted?: number): Promise<HttpAnswer> {
    const answer = await exchange(call);
    if (answer.status >= 400 && answer.status !== permitted) throw webcrmError(`${call.method} ${call.route}`, answer);
    return answer;
  }

  /** Lists are bare arrays without a total: read until a short page. */
  async function pages<T>(
    where: { path: string; route: string; query?: Record<string, string> },
    priority: Priority,
    onPage: (rows: T[]) => Promise<void>,
  ): Promise<{ serverDate: number }> {
    let serverDate: number | null = null;
    for (let page = 1; ; page++) {
      const search = new URLSearchParams({ ...where.query, Page: String(page), Size: String(PAGE_SIZE) });
      const path = `${where.path}?${search}`;
      const answer = await succeed({ method: 'GET', path, route: where.route, priority });
      serverDate ??= answer.date;
      const rows = answer.json ?? [];
      if (!Array.isArray(rows)) throw unreadable(where.route);
      if (rows.length > 0) await onPage(rows as T[]);
      if (rows.length < PAGE_SIZE) return { serverDate };
    }
  }

  async function listHooks(priority: Priority): Promise<WebcrmHook[]> {
    const hooks: WebcrmHook[] = [];
    await pages<WebcrmHook>({ path: HOOKS, route: HOOKS }, priority, async (rows) => {
      hooks.push(...rows);
    });
    return hooks;
  }

  return {
    async getOrganisation(id, priority) {
      const call: Call = { method: 'GET', path: `/Organisations/${segment(id)}`, route: ORGANISATION_ROUTE, priority };
      const answer = await succeed(call, 404);
      if (answer.status === 404 || answer.json === null) return null;
      if (field(answer.json, 'OrganisationId') === undefined) throw unreadable(call.route);
      return answer.json as WebcrmOrganisation;
    },
    async createOrganisation(fields, priority) {
      const body = { ...fields, OrganisationId: 0 };
      const path = '/Organisations';
      return idOf((await succeed({ method: 'POST', path, route: path, priority, body })).json, 'OrganisationId');
    },
    async updateOrganisation(id, fields, priority) {
      const body = { ...fields, OrganisationId: Number(id) };
      await succeed({
        method: 'PUT',
        path: `/Organisations/${segment(id)}`,
        route: ORGANISATION_ROUTE,
        priority,
        body,
      });
    },
    async findOrganisations(by, value, priority) {
      const wanted = value.trim();
      if (wanted === '') return [];
      const found: WebcrmOrganisation[] = [];
      const where = { path: '/Queries', route: '/Queries', query: { script: organisationsWhere(by, wanted) } };
      await pages<WebcrmOrganisation>(where, priority, async (rows) => {
        found.push(...rows.filter((row) => sameText(row[by], wanted)));
      });
      return found;
    },
    listOrganisations(from, to, priority, onPage) {
      if (from === null) return pages({ path: '/Organisations', route: '/Organisations' }, priority, onPage);
      const [start, end] = [from, to].map((at) => encodeURIComponent(new Date(at).toISOString()));
      const route = '/Organisations/FindByUpdateDates/{startDate}/{endDate}';
      return pages({ path: `/Organisations/FindByUpdateDates/${start}/${end}`, route }, priority, onPage);
    },
    async organisationFields(priority) {
      const path = '/FieldsMetadata/Organisation';
      const { json } = await succeed({ method: 'GET', path, route: path, priority });
      if (!Array.isArray(json)) throw unreadable(path);
      return json.map(fieldOf);
    },
    listHooks,
    async createHook(event, targetUrl, priority) {
      const body = { Id: 0, TargetUrl: targetUrl, IsEnabled: true, EventType: event, Filter: ['All'] };
      const id = idOf((await succeed({ method: 'POST', path: HOOKS, route: HOOKS, priority, body })).json, 'Id');
      if (id !== null) return id;
      const made = (await listHooks(priority))
        .filter((hook) => hook.TargetUrl === targetUrl && hook.EventType === event)
        .at(-1);
      if (made === undefined) throw unreadable(HOOKS);
      return String(made.Id);
    },
    async deleteHook(id, priority) {
      const path = `${HOOKS}/${segment(id)}`;
      await succeed({ method: 'DELETE', path, route: `${HOOKS}/{id}`, priority }, 404);
    },
  };
}

function requestOf(apiUrl: string, call: Call, accessToken: string): HttpRequest {
  const headers = { accept: 'application/json', authorization: `Bearer ${accessToken}` };
  const { method, route } = call;
  const url = `${apiUrl}${call.path}`;
  if (call.body === undefined) return { method, url, route, headers };
  return {
    method,
    url,
    route,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(call.body),
  };
}

/** A POST may answer with the id, with an object that holds it, or with nothing (webcrm.md 7). */
function idOf(json: unknown, name: string): string | null {
  const id = typeof json === 'object' ? field(json, name) : json;
  return (typeof id === 'number' || typeof id === 'string') && /^[1-9]\d*$/.test(String(id)) ? String(id) : null;
}

/** One row of FieldsMetadata (webcrm.md 3). */
function fieldOf(row: unknown): WebcrmField {
  const name = String(field(row, 'FieldMetadataFriendlyFieldName') ?? '');
  const maxLength = field(row, 'FieldMetadataTextFieldMaxLength');
  const choices = field(row, 'FieldMetadataDropdownListData');
  return {
    name,
    label: String(field(row, 'FieldMetadataLabel') ?? name),
    maxLength: typeof maxLength === 'number' && maxLength > 0 ? maxLength : null,
    values: Array.isArray(choices)
      ? choices.map((choice) => field(choice, 'Text')).filter((text) => typeof text === 'string')
      : [],
  };
}

const unreadable = (route: string) =>
  new SyncError('vendor-answer-unreadable', `webCRM ${route} was answered in a form that we do not know.`);
