import { DELIVERY_STATUSES } from '../../../schemas/delivery.ts';
import { headFields, lineColumns } from '../faces.ts';
import type { RecordFields } from '../fields.ts';
import type { Act, Scene } from './scene.ts';

/** Now and then a number that Fortnox does not know. */
const MISSING_ARTICLE = 'SAKNAS-1';
const UNKNOWN_CURRENCY = '99';

/** Those who sell: they keep deliveries and their lines in webCRM. */
export function createDeliveryPeople(scene: Scene) {
  const { world, chances, values, typed } = scene;
  const { webcrm, fortnox, settings } = world;
  const columns = lineColumns(settings);
  const heads = headFields(settings);
  /** Ids of deliveries that somebody moved. */
  const moved = new Set<number>();
  const statuses = new Map<number, Set<string>>();
  /** The numbers of documents that somebody typed into deliveries, by delivery. */
  const numbered = new Map<number, string>();

  const recordName = (id: number) => `delivery ${id}`;
  const showsStatus = (id: number, status: unknown) => {
    const known = statuses.get(id) ?? new Set();
    statuses.set(id, known.add(String(status)));
  };
  const deliveries = (): readonly RecordFields[] => webcrm.deliveries();
  const lines = (id: number): readonly RecordFields[] => webcrm.lines(id);
  const idOf = (delivery: RecordFields): number => Number(delivery.DeliveryId);
  const webcrmDate = () => `${values.date()}T12:00:00+01:00`;

  /** Most work is on what is new. */
  function pickDelivery(): number | null {
    const all = deliveries();
    const from = chances.chance(0.6) ? all.slice(-3) : all;
    const one = scene.pick(from);
    return one === null ? null : idOf(one);
  }
  function pickLine(): { delivery: number; line: RecordFields } | null {
    const delivery = pickDelivery();
    const line = delivery === null ? null : scene.pick(lines(delivery));
    return delivery === null || line === null ? null : { delivery, line };
  }

  function someHead(share: number): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    for (const { kind, webcrm: column } of heads) {
      if (!chances.chance(share)) continue;
      const isDateTime = column === 'DeliveryOrderDate';
      fields[column] = isDateTime ? webcrmDate() : kind === 'date' ? values.date() : values.text();
    }
    return fields;
  }

  /** Now and then one that the settings do not name. */
  const someCurrency = (): string =>
    chances.chance(0.03) ? UNKNOWN_CURRENCY : chances.one(settings.documents.currencies).webcrm;

  function someArticle(): unknown {
    const article = scene.pick(fortnox.articles());
    return chances.chance(0.04) ? MISSING_ARTICLE : (article?.ArticleNumber ?? null);
  }

  function newLine(): Record<string, unknown> {
    if (chances.chance(0.1)) return { [columns.text]: values.text() };
    const number = someArticle();
    const fields: Record<string, unknown> = {
      [columns.text]: values.text(),
      QuotationLineQuantity: values.quantity(),
      QuotationLineListPrice: values.price(),
      QuotationLineVatPercentage: values.vat(),
    };
    if (number !== null && chances.chance(0.8)) fields[columns.article] = number;
    if (columns.unit !== null && chances.chance(0.5)) fields[columns.unit] = 'st';
    if (chances.chance(0.25)) fields.QuotationLineDiscount = values.discount();
    return fields;
  }

  function addLine(delivery: number, sort: number): void {
    const fields: Record<string, unknown> = { ...newLine(), QuotationLineSortOrder: sort };
    const id = scene.attempt(`line in ${recordName(delivery)}`, () => webcrm.person.createLine(delivery, fields));
    if (id === null) return;
    typed.saved('webcrm', recordName(delivery), fields, {}, String(fields[columns.text]));
    scene.note(`webcrm delivery ${delivery} line ${id} new ${JSON.stringify(fields)}`);
  }

  function saveLine(delivery: number, line: RecordFields, fields: Record<string, unknown>): void {
    const id = Number(line.QuotationLineId);
    if (scene.attempt(`line ${id}`, () => webcrm.person.editLine(id, fields) ?? true) === null) return;
    typed.saved('webcrm', recordName(delivery), fields, line, String(fields[columns.text] ?? line[columns.text]));
    scene.note(`webcrm delivery ${delivery} line ${id} ${JSON.stringify(fields)}`);
  }

  function save(id: number, fields: Record<string, unknown>): void {
    const before = webcrm.delivery(id) ?? {};
    if (scene.attempt(recordName(id), () => webcrm.person.editDelivery(id, fields) ?? true) === null) return;
    if (fields.DeliveryStatus !== undefined) showsStatus(id, fields.DeliveryStatus);
    typed.saved('webcrm', recordName(id), fields, before);
    scene.note(`webcrm delivery ${id} ${JSON.stringify(fields)}`);
  }

  const create: Act = async () => {
    const organisation = scene.pick(scene.organisations());
    if (organisation === null) return false;
    await make(organisation);
    return true;
  };

  /** `number`: of the document in Fortnox that is the same (R20). */
  async function make(organisation: RecordFields, number?: string): Promise<void> {
    const status = chances.chance(0.75) ? chances.one(settings.documents.sendStatuses) : 'New';
    const fields: Record<string, unknown> = {
      DeliveryOrganisationId: organisation.OrganisationId,
      DeliveryStatus: status,
      DeliveryDescription: values.text(),
      ...(chances.chance(0.7) ? { DeliveryCurrencyName: someCurrency() } : {}),
      ...(chances.chance(0.03) ? { DeliveryDiscount: 5 } : {}),
      ...someHead(0.4),
      ...(number === undefined ? {} : { [settings.documents.fields.number]: number }),
    };
    const id = scene.attempt('a delivery', () => webcrm.person.createDelivery(fields));
    if (id === null) return;
    if (number !== undefined) numbered.set(id, number);
    showsStatus(id, status);
    typed.saved('webcrm', recordName(id), fields);
    scene.note(`webcrm delivery ${id} new ${JSON.stringify(fields)}`);
    const count = chances.below(4) + (chances.chance(0.9) ? 1 : 0);
    for (let line = 1; line <= count; line += 1) {
      if (chances.chance(0.3)) await scene.pause(20_000);
      if (webcrm.delivery(id) !== null) addLine(id, line * 10);
    }
  }

  function editHead(): boolean {
    const id = pickDelivery();
    if (id === null) return false;
    const fields = someHead(0.3);
    if (Object.keys(fields).length === 0) return false;
    if (chances.chance(0.15)) for (const name of Object.keys(fields)) fields[name] = '';
    save(id, fields);
    return true;
  }

  function changeStatus(): boolean {
    const id = pickDelivery();
    if (id === null) return false;
    save(id, { DeliveryStatus: chances.one(DELIVERY_STATUSES) });
    return true;
  }

  function changeMoney(): boolean {
    const id = pickDelivery();
    if (id === null) return false;
    save(
      id,
      chances.chance(0.7) ? { DeliveryCurrencyName: someCurrency() } : { DeliveryDiscount: chances.one([5, 0, 0]) },
    );
    return true;
  }

  function insertLine(): boolean {
    const id = pickDelivery();
    if (id === null) return false;
    const sorts = lines(id).map((line) => Number(line.QuotationLineSortOrder));
    const [first = 10, last = 0] = [sorts[0], sorts.at(-1)];
    addLine(id, chances.chance(0.5) ? first - 1 - chances.below(5) : last + chances.one([0, 1, 10]));
    return true;
  }

  const LINE_EDITS: readonly ((line: RecordFields) => Record<string, unknown>)[] = [
    () => ({ [columns.text]: values.text() }),
    () => ({ QuotationLineListPrice: values.price() }),
    () => ({ QuotationLineQuantity: values.quantity() }),
    () => ({ QuotationLineDiscount: chances.chance(0.2) ? 0 : values.discount() }),
    () => ({ QuotationLineVatPercentage: values.vat() }),
    // Without a price typed along it would get the article's, which nobody typed.
    (line) => ({
      [columns.article]: chances.chance(0.2) ? '' : (someArticle() ?? ''),
      ...(Number(line.QuotationLineListPrice) === 0 ? { QuotationLineListPrice: values.price() } : {}),
    }),
    () => (columns.unit === null ? { [columns.text]: values.text() } : { [columns.unit]: values.unit() }),
    // A line of text gets its price, and a line becomes one of text.
    () => ({ QuotationLineQuantity: values.quantity(), QuotationLineListPrice: values.price() }),
    () => ({ [columns.article]: '', QuotationLineQuantity: 0, QuotationLineListPrice: 0, QuotationLinePrice: 0 }),
  ];
  function editLine(): boolean {
    const found = pickLine();
    if (found === null) return false;
    saveLine(found.delivery, found.line, chances.one(LINE_EDITS)(found.line));
    return true;
  }

  function dropLine(delivery: number, line: RecordFields): void {
    const id = Number(line.QuotationLineId);
    if (scene.attempt(`line ${id} delete`, () => webcrm.person.deleteLine(id) ?? true) === null) return;
    typed.removed('webcrm', recordName(delivery), line);
    scene.note(`webcrm delivery ${delivery} line ${id} deleted`);
  }
  function deleteLine(): boolean {
    const found = pickLine();
    if (found === null) return false;
    dropLine(found.delivery, found.line);
    return true;
  }

  function reorderLines(): boolean {
    const found = pickLine();
    if (found === null) return false;
    const sorts = lines(found.delivery).map((line) => Number(line.QuotationLineSortOrder));
    const top = (sorts[0] ?? 10) - 5;
    saveLine(found.delivery, found.line, {
      QuotationLineSortOrder: chances.chance(0.5) ? top : (sorts.at(-1) ?? 0) + 5,
    });
    return true;
  }

  /** Row 1 goes, a new row comes on top, and row 2 is edited, in one sitting. */
  async function rework(): Promise<boolean> {
    const id = pickDelivery();
    const present = id === null ? [] : lines(id);
    const [first, second] = present;
    if (id === null || first === undefined || second === undefined) return false;
    if (chances.chance(0.5)) dropLine(id, first);
    addLine(id, Number(first.QuotationLineSortOrder) - 3);
    if (chances.chance(0.5)) await scene.pause(2_000);
    const kept = webcrm.line(Number(second.QuotationLineId));
    if (kept !== null) saveLine(id, kept, chances.one(LINE_EDITS)(kept));
    return true;
  }

  function move(): boolean {
    const id = pickDelivery();
    const target = scene.pick(scene.organisations());
    if (id === null || target === null) return false;
    const done = scene.attempt(`${recordName(id)} move`, () => {
      webcrm.person.moveDelivery(id, Number(target.OrganisationId));
      return true;
    });
    if (!done) return true;
    moved.add(id);
    scene.note(`webcrm delivery ${id} moved to ${target.OrganisationId}`);
    return true;
  }

  function remove(): boolean {
    const id = pickDelivery();
    if (id === null) return false;
    const stood = [webcrm.delivery(id) ?? {}, ...lines(id)];
    if (scene.attempt(`${recordName(id)} delete`, () => webcrm.person.deleteDelivery(id) ?? true) === null) return true;
    for (const record of stood) typed.removed('webcrm', recordName(id), record);
    scene.removed('webcrm', 'delivery', String(id));
    return true;
  }

  /** What comes from Fortnox alone is typed over (R31): it is put back. */
  function typeNumber(): boolean {
    const id = pickDelivery();
    if (id === null) return false;
    save(id, { [settings.documents.fields.number]: `H${chances.below(1_000_000)}` });
    return true;
  }

  const acts: readonly (readonly [number, Act])[] = [
    [14, create],
    [6, editHead],
    [4, changeStatus],
    [1, changeMoney],
    [5, insertLine],
    [10, editLine],
    [3, deleteLine],
    [3, reorderLines],
    [4, rework],
    [1.5, move],
    [1, remove],
    [1, typeNumber],
  ];
  return {
    acts,
    create,
    make,
    moved,
    numbered: numbered as ReadonlyMap<number, string>,
    statuses: statuses as ReadonlyMap<number, ReadonlySet<string>>,
    insertLine,
    editLine,
  };
}
