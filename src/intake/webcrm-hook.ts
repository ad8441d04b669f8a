import type { Entity } from '../../schemas/records.ts';
import type { HookedEntity } from '../vendors/webcrm/types.ts';

/** The part of a hook's address that names its entity, and webCRM's own name for it. */
export const HOOK_PATHS = {
  organisations: 'Organisations',
  deliveries: 'Deliveries',
  lines: 'QuotationLines',
} as const satisfies Record<string, HookedEntity>;
export type HookPath = keyof typeof HOOK_PATHS;

/** A record that a hook names. */
export interface HookedRecord {
  readonly entity: Extract<Entity, 'customer' | 'delivery' | 'line'>;
  readonly id: string;
}

interface Form {
  /** How a text speaks of the entity. */
  readonly word: string;
  /** What an id without a name is. */
  readonly plain: HookedRecord['entity'];
  /** Names of ids in lower case, the most telling ones first. */
  readonly names: readonly (readonly [HookedRecord['entity'], readonly string[]])[];
  readonly addresses: readonly (readonly [HookedRecord['entity'], RegExp])[];
  readonly wrappers: readonly string[];
}

const FORMS: Readonly<Record<HookPath, Form>> = {
  organisations: {
    word: 'organisation',
    plain: 'customer',
    names: [['customer', ['organisationid']]],
    addresses: [['customer', /\/Organisations\/(\d{1,10})\/?(?:[?#]|$)/i]],
    wrappers: ['organisation', 'organisations'],
  },
  deliveries: {
    word: 'deliver',
    plain: 'delivery',
    names: [['delivery', ['deliveryid']]],
    addresses: [['delivery', /\/Deliveries\/(\d{1,10})\/?(?:[?#]|$)/i]],
    wrappers: ['delivery', 'deliveries'],
  },
  // The delivery is what is read in the end: where it is named, no call is spent on finding it. Of a line that was
  // deleted nothing else may be known. Opportunities share the ids of deliveries (webcrm.md 8.4).
  lines: {
    word: 'quotation',
    plain: 'line',
    names: [
      ['delivery', ['quotationlineopportunityid', 'deliveryid']],
      ['line', ['quotationlineid']],
    ],
    addresses: [
      ['delivery', /\/Deliveries\/(\d{1,10})(?:\/QuotationLines(?:\/\d{1,10})?)?\/?(?:[?#]|$)/i],
      ['line', /\/QuotationLines\/(\d{1,10})\/?(?:[?#]|$)/i],
    ],
    wrappers: ['quotationline', 'quotationlines', 'line', 'lines'],
  },
};

/** webCRM ids are int32 (webcrm.md 6). */
const LARGEST_ID = 2_147_483_647;
/** A body is a hint: what lies deeper, or beyond this many values, is left to the poll. */
const DEEPEST = 6;
const MOST_VALUES = 5_000;
const ENTITY_WORDS =
  /activit|deliver|document|opportunit|organisation|person|product|quotation|relation|supportcase|user/gi;
const URLS = ['url', 'resourceurl', 'uri', 'href', 'location'];
const WRAPPERS = ['data', 'value', 'values', 'item', 'items', 'entity', 'resource', 'payload'];

/**
 * The records that the body of an entity's hook names, each once. The form of the body is not documented (webcrm.md 5.2),
 * so every form it may take is read: a resource URL, a number, a numeric string, an object with the entity's id, a Url or
 * an Id, arrays of these, wrapped or not. When `event` speaks of another entity, a bare id is not taken for one of ours.
 * An empty answer means: poll. Never throws, whatever the body is.
 */
export function parseWebcrmHook(path: HookPath, event: string, body: unknown): HookedRecord[] {
  const form = FORMS[path];
  const bareIds = (event.match(ENTITY_WORDS) ?? []).every((word) => word.toLowerCase() === form.word);
  const wrappers = [...form.wrappers, ...WRAPPERS];
  const found = new Map<string, HookedRecord>();
  let values = 0;

  function add(record: HookedRecord | null): boolean {
    if (record !== null) found.set(`${record.entity}:${record.id}`, record);
    return record !== null;
  }

  function read(value: unknown, depth: number, bare: boolean): void {
    values += 1;
    if (depth > DEEPEST || values > MOST_VALUES) return;
    if (Array.isArray(value)) for (const item of value) read(item, depth + 1, bare);
    else if (typeof value === 'object' && value !== null) readObject(value, depth, bare);
    else if (!bare || !add(numbered(form.plain, value))) add(addressed(form, value));
  }

  function readObject(value: object, depth: number, bare: boolean): void {
    const named = new Map<string, unknown>();
    for (const [name, member] of Object.entries(value)) named.set(name.toLowerCase(), member);
    // The most telling name decides alone: an Id beside a Url may be the hook's own.
    for (const [entity, names] of form.names) {
      const hits = names.map((name) => {
        const member = named.get(name);
        return add(numbered(entity, member) ?? addressed(form, member));
      });
      if (hits.includes(true)) return;
    }
    if (URLS.map((name) => add(addressed(form, named.get(name)))).includes(true)) return;
    const id = named.get('id');
    if (add((bare ? numbered(form.plain, id) : null) ?? addressed(form, id))) return;
    for (const name of wrappers) {
      const inner = named.get(name);
      if (inner !== undefined) read(inner, depth + 1, bare || form.wrappers.includes(name));
    }
  }

  read(body, 0, bareIds);
  return [...found.values()];
}

/** The record of an id given as a number or as digits. */
function numbered(entity: HookedRecord['entity'], value: unknown): HookedRecord | null {
  if (typeof value === 'number') return checked(entity, value);
  if (typeof value !== 'string' || value.length > 2_048) return null;
  const digits = value.trim();
  return /^\d{1,10}$/.test(digits) ? checked(entity, Number(digits)) : null;
}

/** The record that a resource's address names. */
function addressed(form: Form, value: unknown): HookedRecord | null {
  if (typeof value !== 'string' || value.length > 2_048) return null;
  for (const [entity, pattern] of form.addresses) {
    const digits = pattern.exec(value.trim())?.[1];
    if (digits !== undefined) return checked(entity, Number(digits));
  }
  return null;
}

const checked = (entity: HookedRecord['entity'], id: number): HookedRecord | null =>
  Number.isInteger(id) && id > 0 && id <= LARGEST_ID ? { entity, id: String(id) } : null;
