import type { SendNotification } from '../chassis.ts';
import { answered, stamp } from './fields.ts';
import type { Change, RecordEvent } from './records.ts';
import { Refusal } from './refusal.ts';
import type { WebcrmSwitches } from './switches.ts';
import { DELIVERIES } from './tables/delivery.ts';
import { LINES } from './tables/line.ts';
import { ORGANISATIONS } from './tables/organisation.ts';
import { checkId } from './validate.ts';

/** OrganisationHookDto and its likes: one event per hook, no secret and no signature. */
export interface SandboxHook {
  Id: number;
  TargetUrl: string;
  IsEnabled: boolean;
  EventType: RecordEvent;
  Filter: string[];
  CreatedAt: string;
  CreatedBy: string;
  UpdatedAt: string;
  UpdatedBy: string;
}

const EVENTS: readonly string[] = ['Create', 'Update', 'Delete'];
const OWNERS = ['OrganisationOwner', 'OrganisationOwner2'];
/** The entities that have hooks, by their paths, and the filters of each (webcrm.md 5.2). */
export const HOOK_FILTERS: Readonly<Record<string, readonly string[]>> = {
  [ORGANISATIONS.path]: ['All', 'Owner', 'Owner2'],
  [DELIVERIES.path]: ['All', 'Responsible', 'Responsible2', 'Responsible3', ...OWNERS],
  [LINES.path]: ['All', ...OWNERS],
};
const KEPT_BY_WEBCRM: readonly string[] = ['CreatedAt', 'CreatedBy', 'UpdatedAt', 'UpdatedBy'];
const WRITABLE: readonly string[] = ['Id', 'TargetUrl', 'IsEnabled', 'EventType', 'Filter'];

function checkedHook(
  path: string,
  body: Record<string, unknown>,
  id: number,
): Pick<SandboxHook, 'TargetUrl' | 'IsEnabled' | 'EventType' | 'Filter'> {
  checkId(body, 'Id', id);
  for (const name of Object.keys(body)) {
    if (KEPT_BY_WEBCRM.includes(name)) throw new Refusal(`${name}: is read-only`);
    if (!WRITABLE.includes(name)) throw new Refusal(`${name}: unknown field`);
  }
  const { TargetUrl, IsEnabled, EventType, Filter } = body;
  if (typeof TargetUrl !== 'string' || !/^https?:$/.test(URL.canParse(TargetUrl) ? new URL(TargetUrl).protocol : ''))
    throw new Refusal('TargetUrl: is not an http address');
  if (typeof IsEnabled !== 'boolean') throw new Refusal('IsEnabled: is not a boolean');
  if (typeof EventType !== 'string' || !EVENTS.includes(EventType)) throw new Refusal('EventType: is not in the list');
  if (!Array.isArray(Filter) || Filter.length === 0 || Filter.some((one) => !HOOK_FILTERS[path]?.includes(one)))
    throw new Refusal('Filter: is not in the list');
  return { TargetUrl, IsEnabled, EventType: EventType as RecordEvent, Filter: [...Filter] };
}

const PAYLOADS: Readonly<Record<WebcrmSwitches['hookPayload'], (change: Change) => string>> = {
  url: ({ table, id }) => JSON.stringify(`https://api.webcrm.com${table.path}/${id}`),
  id: ({ id }) => String(id),
  object: ({ table, row }) => JSON.stringify(answered(table, row)),
  empty: () => '',
};

/** The hooks of one webCRM system and the sending of them. `path` names the entity, e.g. /Deliveries. */
export function createHooks(deps: { now: () => number; switches: WebcrmSwitches; notify: SendNotification }) {
  const hooks = new Map<number, { path: string; hook: SandboxHook }>();
  let lastId = 0;
  const stamps = () => ({ UpdatedAt: stamp(deps.now()), UpdatedBy: 'api2 sandbox' });
  const find = (path: string, id: number): SandboxHook | null => {
    const found = hooks.get(id);
    return found?.path === path ? found.hook : null;
  };
  return {
    /** Without a path those of all entities, in order of id. */
    list: (path?: string): SandboxHook[] =>
      [...hooks.values()]
        .filter((one) => path === undefined || one.path === path)
        .map(({ hook }) => ({ ...hook, Filter: [...hook.Filter] })),
    get: find,
    create(path: string, body: Record<string, unknown>): number {
      const fields = checkedHook(path, body, 0);
      lastId += 1;
      const made = { CreatedAt: stamp(deps.now()), CreatedBy: 'api2 sandbox' };
      hooks.set(lastId, { path, hook: { Id: lastId, ...fields, ...made, ...stamps() } });
      return lastId;
    },
    edit(path: string, id: number, body: Record<string, unknown>): boolean {
      const fields = checkedHook(path, body, id);
      const hook = find(path, id);
      if (!hook) return false;
      hooks.set(id, { path, hook: { ...hook, ...fields, ...stamps() } });
      return true;
    },
    delete: (path: string, id: number): boolean => find(path, id) !== null && hooks.delete(id),
    /** Calls the enabled hooks of the event. A hook without `All` follows single owners, whom the sandbox does not have. */
    fire(change: Change): void {
      if (change.author === 'api' && !deps.switches.ownWritesFireHooks) return;
      for (const { path, hook } of [...hooks.values()]) {
        const follows = path === change.table.path && hook.EventType === change.event && hook.Filter.includes('All');
        if (!hook.IsEnabled || !follows) continue;
        const body = PAYLOADS[deps.switches.hookPayload](change);
        deps.notify(hook.TargetUrl, { 'content-type': 'application/json' }, body);
      }
    },
    reset(): void {
      hooks.clear();
      lastId = 0;
    },
  };
}
export type Hooks = ReturnType<typeof createHooks>;
