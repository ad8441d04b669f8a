import { customer, line, type World } from '../support/world.ts';

/** A customer with a delivery of these articles, in step where it may be. */
export async function deliver(world: World, name: string, more: object = {}, articles: readonly string[] = ['A1']) {
  const { organisation, number } = await customer(world, { OrganisationName: name });
  return { ...(await deliverTo(world, organisation, more, articles)), organisation, number };
}

/** A delivery of an organisation that exists. */
export async function deliverTo(
  world: World,
  organisation: number,
  more: object,
  articles: readonly string[] = ['A1'],
) {
  const id = world.webcrm.person.createDelivery({
    DeliveryOrganisationId: organisation,
    DeliveryStatus: 'OnGoing',
    DeliveryDescription: 'Belysning',
    DeliveryOrderDate: '2026-03-02T09:00:00+01:00',
    ...more,
  });
  for (const article of articles) world.webcrm.person.createLine(id, line(article, 'Sak', 2, 100));
  await world.quiet();
  const pair = await world.store.pairs.bySide(world.tenantId, 'delivery', 'webcrm', String(id));
  return { id, document: pair?.fortnoxId ?? '' };
}

/** The id of a delivery's first line. */
export const firstLine = (world: World, id: number) => Number(world.webcrm.lines(id)[0]?.QuotationLineId);
/** The rows of an invoice typed in Fortnox. */
export const ROWS = [{ ArticleNumber: 'A1', DeliveredQuantity: '1' }];
