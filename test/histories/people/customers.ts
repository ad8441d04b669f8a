import { otherSide, type Side } from '../../../schemas/records.ts';
import type { Edit } from '../diary.ts';
import { KINDS, type RecordFields, type SharedField, type Texts } from '../fields.ts';
import type { Act, Scene } from './scene.ts';

/** A field and what is typed into it. */
interface Filled {
  readonly field: SharedField;
  readonly value: string;
}

const TYPES = ['Customer', 'Private Customer', 'Prospect'];

/** Those who keep organisations and customers. Every saving of a shared field is in `edits`. */
export function createCustomerPeople(scene: Scene) {
  const { world, chances, values } = scene;
  const { webcrm, fortnox, settings, fields } = world;
  const edits: Edit[] = [];
  /** Ids of those that were entered on both sides. */
  const twins: Record<Side, Set<string>> = { webcrm: new Set(), fortnox: new Set() };
  const texts = fields.filter(({ name }) => name !== 'kind' && name !== 'customerNumber');
  const named = (name: string) => fields.find((field) => field.name === name) as SharedField;
  const kindField = named('kind');
  const numberField = named('customerNumber');

  function save(side: Side, id: string | null, touched: readonly SharedField[], typed: Texts): string {
    const writesBefore = world.writeCount(side);
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

  function make(side: Side, filled: readonly Filled[]): string {
    const typed: Texts = {};
    for (const { field, value } of filled) Object.assign(typed, field[side].type(value));
    return save(
      side,
      null,
      filled.map(({ field }) => field),
      typed,
    );
  }
  const filledIn = (field: SharedField): Filled => ({ field, value: values.of(field.name) });

  function create(side: Side): boolean {
    const filled = texts.filter(({ name }) => name === 'name' || chances.chance(0.6)).map(filledIn);
    const withNumber = side === 'webcrm' && settings.numberOwner === 'webcrm' && chances.chance(0.7);
    const kind = side === 'webcrm' ? chances.one(TYPES) : chances.one(['company', 'private']);
    const number = withNumber ? [{ field: numberField, value: values.customerNumber() }] : [];
    make(side, [...filled, { field: kindField, value: kind }, ...number]);
    return true;
  }

  /** Entered on both sides by hand, within moments: the VAT number says that they are one (R20). */
  async function enterTwice(): Promise<boolean> {
    const same = ['name', 'vatNumber'].map((name) => filledIn(named(name)));
    const [type, kind] = chances.one(Object.entries(KINDS));
    const first = anySide();
    for (const side of [first, otherSide(first)]) {
      const own = texts.filter((field) => !same.some((one) => one.field === field) && chances.chance(0.3));
      const filled = [...same, ...own.map(filledIn), { field: kindField, value: side === 'webcrm' ? type : kind }];
      twins[side].add(make(side, filled));
      if (side === first) await scene.pause(20_000);
    }
    return true;
  }

  const records = (side: Side): readonly RecordFields[] =>
    side === 'webcrm' ? webcrm.organisations() : fortnox.customers();
  const idOf = (side: Side, record: RecordFields): string =>
    String(record[side === 'webcrm' ? 'OrganisationId' : 'CustomerNumber']);
  const recordOf = (side: Side, id: string) => records(side).find((record) => idOf(side, record) === id) ?? {};
  const anySide = (): Side => (chances.chance(0.5) ? 'webcrm' : 'fortnox');
  const type = (side: Side, id: string, field: SharedField, value: string) =>
    save(side, id, [field], field[side].type(value));

  function editOne(): boolean {
    const side = anySide();
    const record = scene.pick(records(side));
    if (record === null) return false;
    const field = chances.one(texts);
    type(side, idOf(side, record), field, values.of(field.name));
    return true;
  }

  function clearOne(): boolean {
    const side = anySide();
    const record = scene.pick(records(side));
    if (record === null) return false;
    const filled = texts.filter((field) => field.mayBeEmpty && field[side].read(record) !== '');
    if (filled.length === 0) return false;
    type(side, idOf(side, record), chances.one(filled), '');
    return true;
  }

  function changeKind(): boolean {
    const side: Side = chances.chance(0.75) ? 'webcrm' : 'fortnox';
    const record = scene.pick(records(side));
    if (record === null) return false;
    const present = side === 'webcrm' ? String(record.OrganisationType) : kindField.fortnox.read(record);
    const choices = side === 'webcrm' ? TYPES : ['company', 'private'];
    type(side, idOf(side, record), kindField, chances.one(choices.filter((one) => one !== present)));
    return true;
  }

  /** Another Type and back again, before or after anybody noticed. */
  async function thereAndBack(): Promise<boolean> {
    const record = scene.pick(webcrm.organisations().filter((one) => one.OrganisationType !== 'Prospect'));
    if (record === null) return false;
    const id = idOf('webcrm', record);
    type('webcrm', id, kindField, 'Prospect');
    await scene.pause(chances.chance(0.5) ? 3_000 : 400_000);
    type('webcrm', id, kindField, String(record.OrganisationType));
    return true;
  }

  /** A number where one is missing; now and then over one that is there, which is put back. */
  function typeNumber(): boolean {
    const all = webcrm.organisations();
    const missing = all.filter((one) => numberField.webcrm.read(one) === '');
    const isMissing = missing.length > 0 && settings.numberOwner === 'webcrm' && chances.chance(0.85);
    const organisation = scene.pick(isMissing ? missing : all);
    if (organisation === null) return false;
    type('webcrm', idOf('webcrm', organisation), numberField, values.customerNumber());
    return true;
  }

  /** Two people save the same field of one pair, on both sides, within moments. */
  async function editBoth(): Promise<boolean> {
    const numbers = new Set(scene.customers());
    const organisation = scene.pick(webcrm.organisations().filter((one) => numbers.has(scene.numberOf(one))));
    if (organisation === null) return false;
    const ids: Record<Side, string> = {
      webcrm: idOf('webcrm', organisation),
      fortnox: scene.numberOf(organisation),
    };
    const field = chances.one(texts);
    const first = anySide();
    const clears = field.mayBeEmpty && chances.chance(0.15) && field[first].read(recordOf(first, ids[first])) !== '';
    type(first, ids[first], field, clears ? '' : values.of(field.name));
    if (chances.chance(0.7)) await scene.pause(3_000);
    type(otherSide(first), ids[otherSide(first)], field, values.of(field.name));
    return true;
  }

  function remove(): boolean {
    const side = anySide();
    const record = scene.pick(records(side));
    if (record === null) return false;
    const id = idOf(side, record);
    const number = side === 'webcrm' ? scene.numberOf(record) : id;
    const done = scene.attempt(`${side} customer ${id} delete`, () => {
      if (side === 'webcrm') webcrm.person.deleteOrganisation(Number(id));
      else fortnox.person.deleteCustomer(id);
      return true;
    });
    if (done) scene.removed(side, 'customer', id, number);
    return true;
  }

  const acts: readonly (readonly [number, Act])[] = [
    [10, () => create(anySide())],
    [8, editOne],
    [3, clearOne],
    [3, changeKind],
    [3, thereAndBack],
    [5, editBoth],
    [1, enterTwice],
    [settings.numberOwner === 'webcrm' ? 6 : 1, typeNumber],
    [0.5, remove],
  ];
  return { edits, twins, acts, create };
}
