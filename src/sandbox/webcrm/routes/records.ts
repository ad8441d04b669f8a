import type { SandboxResponse } from '../../chassis.ts';
import type { Call, Route } from '../../common/front-door.ts';
import { bodyOf, empty, idOf, json, missing, pageOf } from '../answers.ts';
import type { Row } from '../fields.ts';
import type { Records } from '../records.ts';
import type { WebcrmSwitches } from '../switches.ts';
import { checkId } from '../validate.ts';

/** A page of the rows that pass the test, in order of id or the order given. Raises Refusal. */
export function answerPage(
  call: Call,
  switches: WebcrmSwitches,
  records: Pick<Records, 'stored' | 'show'>,
  test?: (row: Row) => boolean,
  order: (one: Row, other: Row) => number = () => 0,
): SandboxResponse {
  return json(200, records.show(pageOf(call.url, switches, records.stored(test).sort(order))));
}

export const missingRow = (switches: WebcrmSwitches, { table }: Pick<Records, 'table'>, id: number) =>
  missing(switches, `${table.name} ${id}`);

/** Read one, create and update, which all entities have in the same form. `made` is the answer to a POST. */
export function recordRoutes(
  records: Records,
  switches: WebcrmSwitches,
  made: (id: number) => SandboxResponse = (id) => json(200, id),
): Route[] {
  const { table } = records;
  const one = { pattern: `${table.path}/{id}`, match: new RegExp(`^${table.path}/(\\d+)$`) };
  return [
    {
      method: 'POST',
      pattern: table.path,
      match: new RegExp(`^${table.path}$`),
      answer: (call) => {
        const fields = bodyOf(call);
        checkId(fields, table.id, 0);
        return made(records.create(fields, 'api'));
      },
    },
    {
      ...one,
      method: 'GET',
      answer: (call) => {
        const row = records.get(idOf(call));
        return row ? json(200, records.show([row])[0]) : missingRow(switches, records, idOf(call));
      },
    },
    {
      ...one,
      method: 'PUT',
      answer: (call) => {
        const fields = bodyOf(call);
        checkId(fields, table.id, idOf(call));
        return records.edit(idOf(call), fields, 'api') ? empty(200) : missingRow(switches, records, idOf(call));
      },
    },
  ];
}

/** The list in pages, in order of id. */
export const listRoute = (records: Records, switches: WebcrmSwitches): Route => ({
  method: 'GET',
  pattern: records.table.path,
  match: new RegExp(`^${records.table.path}$`),
  answer: (call) => answerPage(call, switches, records),
});

/** Deleting one row by its id: lines and register items alone have it (webcrm.md 6). */
export const deleteRoute = (records: Records, switches: WebcrmSwitches): Route => ({
  method: 'DELETE',
  pattern: `${records.table.path}/{id}`,
  match: new RegExp(`^${records.table.path}/(\\d+)$`),
  answer: (call) => (records.delete(idOf(call), 'api') ? empty(200) : missingRow(switches, records, idOf(call))),
});
