import type { Route } from '../../common/front-door.ts';
import { bodyOf, empty, idOf, json, missing, pageOf } from '../answers.ts';
import { HOOK_FILTERS, type Hooks } from '../hooks.ts';
import type { WebcrmSwitches } from '../switches.ts';

/** /{Entity}/Hooks of the entities that have hooks (webcrm.md 5.2). */
export const hookRoutes = (hooks: Hooks, switches: WebcrmSwitches): Route[] =>
  Object.keys(HOOK_FILTERS).flatMap((path): Route[] => {
    const all = { pattern: `${path}/Hooks`, match: new RegExp(`^${path}/Hooks$`) };
    const one = { pattern: `${path}/Hooks/{id}`, match: new RegExp(`^${path}/Hooks/(\\d+)$`) };
    const gone = () => missing(switches, 'The hook');
    return [
      { ...all, method: 'GET', answer: ({ url }) => json(200, pageOf(url, switches, hooks.list(path))) },
      { ...all, method: 'POST', answer: (call) => json(200, hooks.create(path, bodyOf(call))) },
      {
        ...one,
        method: 'GET',
        answer: (call) => {
          const hook = hooks.get(path, idOf(call));
          return hook ? json(200, hook) : gone();
        },
      },
      {
        ...one,
        method: 'PUT',
        answer: (call) => (hooks.edit(path, idOf(call), bodyOf(call)) ? empty(200) : gone()),
      },
      { ...one, method: 'DELETE', answer: (call) => (hooks.delete(path, idOf(call)) ? empty(200) : gone()) },
    ];
  });
