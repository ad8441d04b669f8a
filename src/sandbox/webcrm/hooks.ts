import type { SendNotification } from '../chassis.ts';
import type { Author, HookEvent } from './company.ts';
import { type Organisation, stamp } from './fields.ts';
import { Refusal } from './refusal.ts';
import type { WebcrmSwitches } from './switches.ts';
import { checkId } from './validate.ts';

/** OrganisationHookDto: one event per hook, no secret and no signature. */
export interface SandboxHook {
  Id: number;
  TargetUrl: string;
  IsEnabled: boolean;
  EventType: HookEvent;
  Filter: string[];
  CreatedAt: string;
  CreatedBy: string;
  UpdatedAt: string;
  UpdatedBy: string;
}

const EVENTS: readonly string[] = ['Create', 'Update', 'Delete'];
const FILTERS: readonly string[] = ['All', 'Owner', 'Owner2'];
const KEPT_BY_WEBCRM: readonly string[] = ['CreatedAt', 'CreatedBy', 'UpdatedAt', 'UpdatedBy'];
const WRITABLE: readonly string[] = ['Id', 'TargetUrl', 'IsEnabled', 'EventType', 'Filter'];

function checkedHook(
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
  if (!Array.isArray(Filter) || Filter.length === 0 || Filter.some((one) => !FILTERS.includes(one)))
    throw new Refusal('Filter: is not in the list');
  return { TargetUrl, IsEnabled, EventType: EventType as HookEvent, Filter: [...Filter] };
}

const payload = (shape: WebcrmSwitches['hookPayload'], row: Organisation): string => {
  switch (shape) {
    case 'url':
      return JSON.stringify(`https://api.webcrm.com/Organisations/${row.OrganisationId}`);
    case 'id':
      return String(row.OrganisationId);
    case 'object':
      return JSON.stringify(row);
    case 'empty':
      return '';
  }
};

/** The hooks of one webCRM system and the sending of them. */
export function createHooks(deps: { now: () => number; switches: WebcrmSwitches; notify: SendNotification }) {
  const hooks = new Map<number, SandboxHook>();
  let lastId = 0;
  const stamps = () => ({ UpdatedAt: stamp(deps.now()), UpdatedBy: 'api2 sandbox' });
  return {
    list: (): SandboxHook[] => [...hooks.values()].map((hook) => ({ ...hook, Filter: [...hook.Filter] })),
    get: (id: number): SandboxHook | null => hooks.get(id) ?? null,
    create(body: Record<string, unknown>): number {
      const fields = checkedHook(body, 0);
      lastId += 1;
      hooks.set(lastId, {
        Id: lastId,
        ...fields,
        CreatedAt: stamp(deps.now()),
        CreatedBy: 'api2 sandbox',
        ...stamps(),
      });
      return lastId;
    },
    edit(id: number, body: Record<string, unknown>): boolean {
      const fields = checkedHook(body, id);
      const hook = hooks.get(id);
      if (!hook) return false;
      hooks.set(id, { ...hook, ...fields, ...stamps() });
      return true;
    },
    delete: (id: number): boolean => hooks.delete(id),
    /** Calls the enabled hooks of the event. A hook without `All` follows single owners, whom the sandbox does not have. */
    fire(event: HookEvent, row: Organisation, author: Author): void {
      if (author === 'api' && !deps.switches.ownWritesFireHooks) return;
      for (const hook of [...hooks.values()]) {
        if (!hook.IsEnabled || hook.EventType !== event || !hook.Filter.includes('All')) continue;
        deps.notify(hook.TargetUrl, { 'content-type': 'application/json' }, payload(deps.switches.hookPayload, row));
      }
    },
    reset(): void {
      hooks.clear();
      lastId = 0;
    },
  };
}
export type Hooks = ReturnType<typeof createHooks>;
