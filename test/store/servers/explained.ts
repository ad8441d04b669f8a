import type { Db, Document } from 'mongodb';
import type { Sent } from './recorded.ts';

/** What the server's planner chose. */
export interface Plan {
  /** Stages that say how documents are found and ordered, such as `IXSCAN` and `SORT`. */
  readonly stages: readonly string[];
  readonly indexes: readonly string[];
}

/** The command in the forms that `explain` takes: it takes one statement of a bulk. */
function explainable({ name, command }: Sent): Document[] {
  const collection = command[name];
  const { filter, sort, limit, pipeline, query, update, upsert, fields } = command;
  if (name === 'find') return [{ find: collection, filter, ...(sort ? { sort } : {}), ...(limit ? { limit } : {}) }];
  if (name === 'aggregate') return [{ aggregate: collection, pipeline, cursor: {} }];
  if (name === 'update') return (command.updates as Document[]).map((one) => ({ update: collection, updates: [one] }));
  if (name === 'delete') return (command.deletes as Document[]).map((one) => ({ delete: collection, deletes: [one] }));
  if (name === 'findAndModify')
    return [{ findAndModify: collection, query, update, ...(upsert ? { upsert } : {}), ...(fields ? { fields } : {}) }];
  return [];
}

function planOf(node: unknown, stages: string[] = [], indexes: string[] = []): Plan {
  if (Array.isArray(node)) for (const part of node) planOf(part, stages, indexes);
  else if (typeof node === 'object' && node !== null)
    for (const [field, value] of Object.entries(node)) {
      if (field === 'stage') stages.push(String(value));
      if (field === 'indexName') indexes.push(String(value));
      if (field === 'stage' && value === 'IDHACK') indexes.push('_id_');
      if (field !== 'rejectedPlans' && field !== 'command') planOf(value, stages, indexes);
    }
  return { stages, indexes };
}

/** Asks the server itself how it would do each statement of the command, without doing it. */
export async function explained(db: Db, sent: Sent): Promise<Plan[]> {
  const plans: Plan[] = [];
  for (const explain of explainable(sent)) plans.push(planOf(await db.command({ explain, verbosity: 'queryPlanner' })));
  return plans;
}
