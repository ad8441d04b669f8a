import type { Priority } from '../../../schemas/records.ts';
import type { Call } from '../http.ts';
import type { WebcrmCalls } from './calls.ts';
import { noSuchRecord } from './errors.ts';
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
  /** Partial PUT: the id and the fields given, nothing else. Raises `vendor-refused` when there is no such record, however webCRM says so. */
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
      const call: Call = { method: 'PUT', ...one(id), priority, body };
      const answer = await calls.succeed(call);
      // An update that arrived is said with 200; 204 may say that there is no such record (webcrm.md 4, 6). Neither is proven, so the record itself is asked.
      if (answer.status === 204 && (await calls.find({ ...one(id), priority }, idField, id)) === null)
        throw noSuchRecord(call);
    },
    async remove(id, priority) {
      await calls.succeed({ method: 'DELETE', ...one(id), priority }, 404);
    },
  };
}
