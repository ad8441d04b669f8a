import { unreadable, type WebcrmCalls } from './calls.ts';
import { createRecords } from './records.ts';
import type { HookedEntity, WebcrmClient, WebcrmHook } from './types.ts';

const pathOf = (entity: HookedEntity) => `/${entity}/Hooks`;

/** What a system calls when a record changes; promises stand in types.ts. */
export function createHooks(calls: WebcrmCalls): Pick<WebcrmClient, 'listHooks' | 'createHook' | 'deleteHook'> {
  const recordsOf = (entity: HookedEntity) => createRecords(calls, { path: pathOf(entity), idField: 'Id' });
  const listHooks: WebcrmClient['listHooks'] = (entity, priority) =>
    calls.all<WebcrmHook>({ path: pathOf(entity), route: pathOf(entity), idField: 'Id' }, priority);

  return {
    listHooks,
    async createHook(entity, event, targetUrl, priority) {
      const hook = { TargetUrl: targetUrl, IsEnabled: true, EventType: event, Filter: ['All'] };
      const id = await recordsOf(entity).create(hook, priority);
      if (id !== null) return id;
      const made = (await listHooks(entity, priority))
        .filter((one) => one.TargetUrl === targetUrl && one.EventType === event)
        .at(-1);
      if (made === undefined) throw unreadable(pathOf(entity));
      return String(made.Id);
    },
    deleteHook: (entity, id, priority) => recordsOf(entity).remove(id, priority),
  };
}
