/** webCRM ids are int32 (webcrm.md 6). */
const LARGEST_ID = 2_147_483_647;
/** A body is a hint: what lies deeper, or beyond this many values, is left to the poll. */
const DEEPEST = 6;
const MOST_VALUES = 5_000;
const RESOURCE_URL = /\/Organisations\/(\d{1,10})\/?(?:[?#]|$)/i;
const OTHER_ENTITY = /activit|deliver|document|event|opportunit|person|product|quotation|relation|supportcase|user/i;

const ORGANISATION_ID = ['organisationid'];
const URLS = ['url', 'resourceurl', 'uri', 'href', 'location'];
const PLAIN_ID = ['id'];
const WRAPPERS = [
  'organisation',
  'organisations',
  'data',
  'value',
  'values',
  'item',
  'items',
  'entity',
  'resource',
  'payload',
];

/**
 * The organisation ids that a hook's body names, each once. The form of the body is not documented (webcrm.md 5.2), so
 * every form it may take is read: a resource URL, a number, a numeric string, an object with OrganisationId, Url or Id,
 * arrays of these, wrapped or not. When `event` speaks of another entity, a bare id is not taken for an organisation's.
 * An empty answer means: poll. Never throws, whatever the body is.
 */
export function parseWebcrmHook(event: string, body: unknown): string[] {
  const bareIds = !OTHER_ENTITY.test(event);
  const found = new Set<string>();
  let values = 0;

  function read(value: unknown, depth: number, bare: boolean): void {
    values += 1;
    if (depth > DEEPEST || values > MOST_VALUES) return;
    if (Array.isArray(value)) for (const item of value) read(item, depth + 1, bare);
    else if (typeof value === 'object' && value !== null) readObject(value, depth, bare);
    else {
      const id = idOf(value, bare);
      if (id !== null) found.add(id);
    }
  }

  function readObject(value: object, depth: number, bare: boolean): void {
    const named = new Map<string, unknown>();
    for (const [name, member] of Object.entries(value)) named.set(name.toLowerCase(), member);
    // The most telling name decides alone: an Id beside a Url may be the hook's own.
    for (const [names, plain] of [
      [ORGANISATION_ID, true],
      [URLS, false],
      [PLAIN_ID, bare],
    ] as const) {
      const ids = names.map((name) => idOf(named.get(name), plain)).filter((id) => id !== null);
      for (const id of ids) found.add(id);
      if (ids.length > 0) return;
    }
    for (const name of WRAPPERS) {
      const inner = named.get(name);
      if (inner !== undefined) read(inner, depth + 1, bare || name.startsWith('organisation'));
    }
  }

  read(body, 0, bareIds);
  return [...found];
}

function idOf(value: unknown, bare: boolean): string | null {
  if (typeof value === 'number') return bare ? checked(value) : null;
  if (typeof value !== 'string' || value.length > 2_048) return null;
  const text = value.trim();
  const digits = bare && /^\d{1,10}$/.test(text) ? text : RESOURCE_URL.exec(text)?.[1];
  return digits === undefined ? null : checked(Number(digits));
}

const checked = (id: number): string | null => (Number.isInteger(id) && id > 0 && id <= LARGEST_ID ? String(id) : null);
