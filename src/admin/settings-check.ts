import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { Settings } from '../../schemas/settings.ts';
import { SyncError } from '../errors/sync-error.ts';

export interface Fault {
  field: string;
  message: string;
}
/** What an administrator may send: any of the top-level settings, nothing else. */
export const SettingsChange = Type.Partial(Settings, { additionalProperties: false });

/** Lays `change` over `present`, top-level key by key. Raises `invalid-settings` with every fault named by its field. */
export function mergeSettings(present: Settings, change: unknown): Settings {
  const faults = schemaFaults(change);
  if (faults.length > 0) throw refused(faults);
  const merged = { ...present, ...(change as Partial<Settings>) };
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
  const fields = Object.entries(settings.customFields);
  repeated(fields.map(([, field]) => field)).forEach((index) => {
    const [name, field] = fields[index] ?? ['', ''];
    faults.push({ field: `customFields.${name}`, message: `${field} already holds another value` });
  });
  for (const table of ['termsOfPayment', 'currencies'] as const) {
    for (const side of ['webcrm', 'fortnox'] as const) {
      repeated(settings[table].map((row) => row[side])).forEach((index) => {
        faults.push({
          field: `${table}.${index}.${side}`,
          message: `"${settings[table][index]?.[side]}" is listed twice`,
        });
      });
    }
  }
  return faults;
}

/** Places of values that stand earlier in the list as well. */
const repeated = (values: readonly string[]): number[] =>
  values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));
