import { PRIORITY, type Tenant } from '../../schemas/records.ts';
import { DocumentSettings, Settings } from '../../schemas/settings.ts';
import type { WebcrmClient, WebcrmField, WebcrmLine } from '../vendors/webcrm/types.ts';
import { firstPage } from './check-first-page.ts';
import { attempt } from './check-items.ts';
import { fieldFor, itemFor, kindOfType } from './suggestions.ts';

/** A DataN of quotation lines, which is that of the product register too (webcrm.md 8.5). */
export interface LineField {
  readonly n: number;
  readonly name: string;
  /** null: webCRM tells of none. */
  readonly label: string | null;
  /** null: webCRM does not tell whether it is switched on. */
  readonly used: boolean | null;
  /** Some of what lines hold in it, which shows what it is for where it has no label. */
  readonly values: string[];
}
export interface VendorFields {
  readonly types: string[];
  readonly organisation: WebcrmField[];
  readonly delivery: WebcrmField[];
  readonly lines: LineField[];
  readonly suggested: Suggested;
}
/** What settings may be made of it: to be looked at by a person, and sent as they are. */
export interface Suggested {
  readonly types: { type: string; kind: 'company' | 'private' }[];
  readonly customFields: Record<string, string>;
  readonly documents: { readonly fields: Record<string, string>; readonly items: Record<string, number> };
}

const NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const MOST_VALUES = 3;

/**
 * The fields and Types that webCRM has, and what its labels suggest for settings that are not made yet: five calls at most. Raises what
 * the client raises, but where quotation lines are not shown: the rest is told all the same.
 */
export async function vendorFields(webcrm: WebcrmClient, { settings }: Tenant): Promise<VendorFields> {
  const prio = PRIORITY.notification;
  const [organisation, delivery, labels, setup, rows] = await Promise.all([
    webcrm.organisationFields(prio),
    webcrm.deliveryFields(prio),
    attempt(() => webcrm.lineFields(prio)),
    attempt(() => webcrm.linkedSetup(prio)),
    attempt(() => firstPage<WebcrmLine>((onPage) => webcrm.listLines(prio, onPage))),
  ]);
  const types = organisation.find(({ name }) => name === 'OrganisationType')?.values ?? [];
  const lines = lineFields(
    labels.ok ? labels.value : [],
    setup.ok ? setup.value.linkedFields : null,
    rows.ok ? rows.value : [],
  );
  const { customFields, documents } = Settings.properties;
  return {
    types,
    organisation,
    delivery,
    lines,
    suggested: {
      types: types.map((type) => ({ type, kind: kindOfType(type) })),
      customFields: suggestionsOf(customFields.properties, settings.customFields, organisation),
      documents: {
        fields: suggestionsOf(documents.properties.fields.properties, settings.documents.fields, delivery),
        items: itemsOf(lines),
      },
    },
  };
}

function lineFields(
  labels: readonly WebcrmField[],
  used: readonly number[] | null,
  rows: readonly WebcrmLine[],
): LineField[] {
  return NUMBERS.map((n) => {
    const values = rows.map((row) => row[`QuotationLineData${n}`]).filter((value) => typeof value === 'string');
    return {
      n,
      name: `QuotationLineData${n}`,
      label: labels.find(({ name }) => name.endsWith(`Data${n}`))?.label ?? null,
      used: used?.includes(n) ?? null,
      // "-" is webCRM's empty value here.
      values: [...new Set(values)].filter((value) => value.trim() !== '' && value !== '-').slice(0, MOST_VALUES),
    };
  });
}

/** For each use that has no field yet: the free one that its label gives away. */
function suggestionsOf(
  uses: Readonly<Record<string, object>>,
  present: Readonly<Record<string, string | undefined>>,
  fields: readonly WebcrmField[],
): Record<string, string> {
  const taken = new Set(Object.values(present));
  const found: Record<string, string> = {};
  for (const [use, schema] of Object.entries(uses)) {
    if (present[use] !== undefined) continue;
    const name = fieldFor(use, schema, fields, taken);
    if (name === null) continue;
    taken.add(name);
    found[use] = name;
  }
  return found;
}

const itemsOf = (lines: readonly LineField[]): Record<string, number> =>
  Object.fromEntries(
    Object.keys(DocumentSettings.properties.items.properties).flatMap((use) => {
      const line = lines.find(({ label }) => label !== null && itemFor(use, label));
      return line === undefined ? [] : [[use, line.n]];
    }),
  );
