import type { Priority } from '../../../schemas/records.ts';
import type { WebcrmCalls } from './calls.ts';
import { checkedId, idOfAnswer } from './ids.ts';

/** Where a kind of record lives and what its id is called. */
export interface RecordKind {
  readonly path: string;
  readonly idField: string;
}

/** The calls that all kinds of records have alike (webcrm.md 6, 7). */
export interface Records {
  /** null on 404 or 204. */
  get<T>(id: string, priority: Priority): Promise<T | null>;
  /** Sends the id 0. null when the answer holds no id. */
  create(fields: Record<string, unknown>, priority: Priority): Promise<string | null>;
  /** Partial PUT: the id and the fields given, nothing else. */
  update(id: string, fields: Record<string, unknown>, priority: Priority): Promise<void>;
  /** Harmless when it is gone already; there is no way to say it without an id (R5). */
  remove(id: string, priority: Priority): Promise<void>;
}

export function createRecords(calls: WebcrmCalls, { path, idField }: RecordKind): Records {
  const one = (id: string) => ({ path: `${path}/${checkedId(id).segment}`, route: `${path}/{id}` });
  return {
    get: async <T>(id: string, priority: Priority) => calls.find<T>({ ...one(id), priority }, idField, id),
    async create(fields, priority) {
      const body = { ...fields, [idField]: 0 };
      const { json } = await calls.succeed({ method: 'POST', path, route: path, priority, body });
      return idOfAnswer(json, idField);
    },
    async update(id, fields, priority) {
      const body = { ...fields, [idField]: checkedId(id).number };
      await calls.succeed({ method: 'PUT', ...one(id), priority, body });
    },
    async remove(id, priority) {
      await calls.succeed({ method: 'DELETE', ...one(id), priority }, 404);
    },
  };
}
