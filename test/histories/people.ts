import { otherSide, type Side } from '../../schemas/records.ts';
import type { Edit } from './diary.ts';
import { NUMBER_COLUMN, type RecordFields, type SharedField, type Texts } from './fields.ts';
import type { Chances } from './prng.ts';
import { createValues } from './values.ts';
import type { World } from './world.ts';

const TYPES = ['Customer', 'Private Customer', 'Prospect'];

/** The people on both sides: each call is one or two savings by hand; all of them are in `edits`. */
export function createPeople(world: World, chances: Chances) {
  const { webcrm, fortnox, settings, fields } = world;
  const values = createValues(chances, settings.organisationAddressIs === 'invoice');
  const edits: Edit[] = [];
  const texts = fields.filter(({ name }) => name !== 'kind' && name !== 'customerNumber');
  const named = (name: string) => fields.find((field) => field.name === name) as SharedField;
  const kindField = named('kind');
  const numberField = named('customerNumber');

  function save(side: Side, id: string | null, touched: readonly SharedField[], typed: Texts): string {
    const writesBefore = world.writes(side).length;
    let made = id;
    if (side === 'webcrm') {
      if (id === null) made = String(webcrm.person.createOrganisation(typed));
      else webcrm.person.editOrganisation(Number(id), typed);
    } else if (id === null) made = fortnox.person.createCustomer(typed);
    else fortnox.person.editCustomer(id, typed);
    edits.push({
      at: world.runtime.now(),
      side,
      id: made as string,
      isNew: id === null,
      typed,
      fields: touched.map(({ name }) => name),
      writesBefore,
    });
    return made as string;
  }

  function create(side: Side): void {
    const touched = texts.filter(({ name }) => name === 'name' || chances.chance(0.6));
    const typed: Texts = {};
    for (const field of touched) Object.assign(typed, field[side].type(values.of(field.name)));
    const withNumber = side === 'webcrm' && settings.numberOwner === 'webcrm' && chances.chance(0.5);
    const kind = side === 'webcrm' ? chances.one(TYPES) : chances.one(['company', 'private']);
    Object.assign(typed, kindField[side].type(kind));
    if (withNumber) typed[NUMBER_COLUMN] = values.customerNumber();
    save(side, null, [...touched, kindField, ...(withNumber ? [numberField] : [])], typed);
  }

  const records = (side: Side): readonly RecordFields[] =>
    side === 'webcrm' ? webcrm.organisations() : fortnox.customers();
  const idOf = (side: Side, record: RecordFields): string =>
    String(record[side === 'webcrm' ? 'OrganisationId' : 'CustomerNumber']);
  const pick = (side: Side) => {
    const all = records(side);
    return all.length === 0 ? null : chances.one(all);
  };
  const type = (side: Side, id: string, field: SharedField, value: string) =>
    save(side, id, [field], field[side].type(value));

  function editOne(side: Side): boolean {
    const record = pick(side);
    if (record === null) return false;
    const field = chances.one(texts);
    type(side, idOf(side, record), field, values.of(field.name));
    return true;
  }

  function clearOne(side: Side): boolean {
    const record = pick(side);
    if (record === null) return false;
    const filled = texts.filter((field) => field.mayBeEmpty && field[side].read(record) !== '');
    if (filled.length === 0) return false;
    type(side, idOf(side, record), chances.one(filled), '');
    return true;
  }

  function changeKind(side: Side): boolean {
    const record = pick(side);
    if (record === null) return false;
    const present = side === 'webcrm' ? String(record.OrganisationType) : kindField.fortnox.read(record);
    const choices = side === 'webcrm' ? TYPES : ['company', 'private'];
    type(side, idOf(side, record), kindField, chances.one(choices.filter((one) => one !== present)));
    return true;
  }

  /** A number where one is missing; now and then over one that is there, which is put back. */
  function typeNumber(): boolean {
    const all = webcrm.organisations();
    const missing = all.filter((one) => numberField.webcrm.read(one) === '');
    const from = missing.length > 0 && settings.numberOwner === 'webcrm' && chances.chance(0.85) ? missing : all;
    if (from.length === 0) return false;
    type('webcrm', idOf('webcrm', chances.one(from)), numberField, values.customerNumber());
    return true;
  }

  /** Two people save the same field of one pair, on both sides, within moments. */
  async function editBoth(): Promise<boolean> {
    const numbers = new Set(fortnox.customers().map((one) => idOf('fortnox', one)));
    const linked = webcrm.organisations().filter((one) => numbers.has(numberField.webcrm.read(one) ?? ''));
    if (linked.length === 0) return false;
    const organisation = chances.one(linked);
    const ids: Record<Side, string> = {
      webcrm: idOf('webcrm', organisation),
      fortnox: numberField.webcrm.read(organisation) as string,
    };
    const field = chances.one(texts);
    const first: Side = chances.chance(0.5) ? 'webcrm' : 'fortnox';
    const clears = field.mayBeEmpty && chances.chance(0.15) && field[first].read(recordOf(first, ids[first])) !== '';
    type(first, ids[first], field, clears ? '' : values.of(field.name));
    if (chances.chance(0.7)) await world.runtime.advance(chances.below(3_000));
    type(otherSide(first), ids[otherSide(first)], field, values.of(field.name));
    return true;
  }

  const recordOf = (side: Side, id: string) => records(side).find((record) => idOf(side, record) === id) ?? {};
  const anySide = (): Side => (chances.chance(0.5) ? 'webcrm' : 'fortnox');

  /** One thing that somebody does. */
  async function act(): Promise<void> {
    const dice = chances.next();
    if (webcrm.organisations().length + fortnox.customers().length < 2 || dice < 0.2) return create(anySide());
    if (dice < 0.5 && editOne(anySide())) return;
    if (dice < 0.6 && clearOne(anySide())) return;
    if (dice < 0.7 && changeKind(chances.chance(0.75) ? 'webcrm' : 'fortnox')) return;
    if (dice < 0.82 && (await editBoth())) return;
    if ((settings.numberOwner === 'webcrm' || dice < 0.86) && typeNumber()) return;
    if (!editOne(anySide())) create(anySide());
  }

  return { edits, act };
}
