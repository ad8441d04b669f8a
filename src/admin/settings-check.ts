import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { SIDES } from '../../schemas/records.ts';
import { ArticleSettings, DocumentSettings, Settings } from '../../schemas/settings.ts';
import { SyncError } from '../errors/sync-error.ts';

export interface Fault {
  field: string;
  message: string;
}
const closed = { additionalProperties: false } as const;
/** What an administrator may send: any of the settings, of `documents` and `articles` any of their own, nothing else. */
export const SettingsChange = Type.Partial(
  Type.Object({
    ...Settings.properties,
    documents: Type.Partial(DocumentSettings, closed),
    articles: Type.Partial(ArticleSettings, closed),
  }),
  {
    ...closed,
    examples: [
      {
        types: [{ type: 'Customer', kind: 'company' }],
        customFields: { customerNumber: 'OrganisationCustom1', email: 'OrganisationCustom3' },
        documents: { fields: { number: 'DeliveryNumber', invoiceNumber: 'DeliveryCustom1' } },
      },
    ],
  },
);
type SettingsChange = Static<typeof SettingsChange>;

/**
 * Lays `change` over `present`: key by key at the top and within `documents` and `articles`, everything deeper as a
 * whole. Raises `invalid-settings` with every fault named by its field.
 */
export function mergeSettings(present: Settings, change: unknown): Settings {
  const faults = schemaFaults(change);
  if (faults.length > 0) throw refused(faults);
  const wanted = change as SettingsChange;
  const merged: Settings = {
    ...present,
    ...wanted,
    documents: { ...present.documents, ...wanted.documents },
    articles: { ...present.articles, ...wanted.articles },
  };
  const crossed = crossFaults(merged);
  if (crossed.length > 0) throw refused(crossed);
  return merged;
}

const refused = (faults: Fault[]) =>
  new SyncError(
    'invalid-settings',
    `The settings were not changed: ${faults.map((f) => `${f.field}: ${f.message}`).join('; ')}.`,
    { faults },
  );

function schemaFaults(change: unknown): Fault[] {
  if (typeof change !== 'object' || change === null) return [{ field: 'settings', message: 'must be an object' }];
  // Key by key: the checker of a whole object stops after eight faults.
  return Object.entries(change).flatMap(([key, value]) => {
    const rule = SettingsChange.properties[key as keyof Settings];
    if (!rule) return [{ field: key, message: 'is not known' }];
    return Value.Errors(rule, value).map((error) => ({
      field: `${key}${error.instancePath.replaceAll('/', '.')}`,
      message: error.message,
    }));
  });
}

/** What a schema cannot say: fields that must fit one another. */
function crossFaults(settings: Settings): Fault[] {
  const faults: Fault[] = [];
  repeated(settings.types.map((entry) => entry.type.toLowerCase())).forEach((index) => {
    faults.push({ field: `types.${index}.type`, message: `"${settings.types[index]?.type}" is listed twice` });
  });
  for (const kind of ['company', 'private'] as const) {
    const type = settings.defaultType[kind];
    if (type !== null && !settings.types.some((entry) => entry.type === type && entry.kind === kind)) {
      faults.push({ field: `defaultType.${kind}`, message: `"${type}" is not among the types of kind ${kind}` });
    }
  }
  const { documents } = settings;
  for (const [group, named] of [
    ['customFields', settings.customFields],
    ['documents.fields', documents.fields],
    ['documents.items', documents.items],
  ] as const) {
    const uses = Object.entries(named).filter(([, field]) => field !== null);
    repeated(uses.map(([, field]) => field)).forEach((index) => {
      const [use, field] = uses[index] ?? ['', ''];
      const name = typeof field === 'number' ? `Data${field}` : field;
      faults.push({ field: `${group}.${use}`, message: `${name} already holds another value` });
    });
  }
  for (const [table, rows] of [
    ['termsOfPayment', settings.termsOfPayment],
    ['currencies', settings.currencies],
    ['documents.currencies', documents.currencies],
  ] as const) {
    for (const side of SIDES) {
      repeated(rows.map((row) => row[side])).forEach((index) => {
        faults.push({ field: `${table}.${index}.${side}`, message: `"${rows[index]?.[side]}" is listed twice` });
      });
    }
  }
  if (!isTimeZone(documents.timeZone)) {
    faults.push({ field: 'documents.timeZone', message: `"${documents.timeZone}" is not an IANA time zone` });
  }
  return faults;
}

/** Places of values that stand earlier in the list as well. */
const repeated = (values: readonly unknown[]): number[] =>
  values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    // A RangeError is the runtime's way of saying that it does not know the name.
    return false;
  }
}
