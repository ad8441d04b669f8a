import { answered, emptyValue, FIELDS, type FieldSpec, type Organisation, stamp, type Value } from './fields.ts';
import type { WebcrmSwitches } from './switches.ts';
import { checkedFields } from './validate.ts';

export type HookEvent = 'Create' | 'Update' | 'Delete';
export type Author = 'api' | 'person';
/** A write to an organisation that came through the API and took effect. */
export interface OrganisationWrite {
  readonly at: number;
  readonly method: 'POST' | 'PUT';
  readonly id: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

const AUTHORS: Readonly<Record<Author, string>> = { api: 'api2 sandbox', person: 'Karin Holm' };

/** The organisations of one webCRM system. `changed` is told of each change, for the hooks. */
export function createCompany(deps: {
  now: () => number;
  switches: WebcrmSwitches;
  changed: (event: HookEvent, row: Organisation, author: Author) => void;
}) {
  const rows = new Map<number, Organisation>();
  const writes: OrganisationWrite[] = [];
  let lastId = 0;

  function set(row: Organisation, fields: ReadonlyMap<FieldSpec, Value | null>): void {
    for (const [spec, value] of fields) {
      if (value !== null) row[spec.name] = value;
      else if (deps.switches.nullClears) row[spec.name] = emptyValue(spec);
    }
    row.OrganisationCompareName = String(row.OrganisationName ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, '');
    row.OrganisationTelephoneSearch = String(row.OrganisationTelephone ?? '').replace(/\D/g, '');
  }

  function stamped(row: Organisation, author: Author): void {
    row.OrganisationUpdatedAt = stamp(deps.now());
    row.OrganisationUpdatedBy = AUTHORS[author];
  }

  function create(body: Record<string, unknown>, author: Author): number {
    const fields = checkedFields(body);
    lastId += 1;
    const row: Organisation = { OrganisationId: lastId };
    set(row, fields);
    row.OrganisationCreatedAt = stamp(deps.now());
    row.OrganisationCreatedBy = AUTHORS[author];
    stamped(row, author);
    rows.set(row.OrganisationId, row);
    if (author === 'api') writes.push({ at: deps.now(), method: 'POST', id: row.OrganisationId, fields: body });
    deps.changed('Create', answered(row), author);
    return row.OrganisationId;
  }

  function edit(id: number, body: Record<string, unknown>, author: Author): boolean {
    const row = rows.get(id);
    const fields = checkedFields(body);
    if (!row) return false;
    if (author === 'api' && deps.switches.partialPut === 'clears') {
      for (const spec of FIELDS.values()) {
        if (spec.name !== 'OrganisationId' && !spec.readOnly && !fields.has(spec)) row[spec.name] = emptyValue(spec);
      }
    }
    set(row, fields);
    stamped(row, author);
    if (author === 'api') writes.push({ at: deps.now(), method: 'PUT', id, fields: body });
    deps.changed('Update', answered(row), author);
    return true;
  }

  return {
    create,
    edit,
    delete(id: number, author: Author): boolean {
      const row = rows.get(id);
      if (!row) return false;
      rows.delete(id);
      deps.changed('Delete', answered(row), author);
      return true;
    },
    get(id: number): Organisation | null {
      const row = rows.get(id);
      return row ? answered(row) : null;
    },
    /** In order of id. Each `test` sees the stored values, where an unset drop-down is "". */
    list(test: (row: Organisation) => boolean = () => true): Organisation[] {
      return [...rows.values()].filter(test).map(answered);
    },
    writes,
    reset(): void {
      rows.clear();
      writes.length = 0;
      lastId = 0;
    },
  };
}
export type Company = ReturnType<typeof createCompany>;
