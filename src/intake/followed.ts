import type { Entity, Side, Tenant } from '../../schemas/records.ts';

/** Every entity that a side may be asked for, in the order of asking: what others lean on comes first. */
export const POLLED: Readonly<Record<Side, readonly Entity[]>> = {
  webcrm: ['customer', 'delivery', 'line'],
  fortnox: ['customer', 'article', 'order', 'invoice'],
};

const ONLY_WHEN: Readonly<Partial<Record<Entity, (tenant: Tenant) => boolean>>> = {
  line: (tenant) => tenant.lineQuery === 'works',
  order: (tenant) => tenant.settings.documentMode === 'order',
  article: (tenant) => tenant.settings.articles.follow,
};

/** Whether changes of the entity on this side are of interest under the tenant's settings (R40, R44, A1). */
export const isFollowed = (tenant: Tenant, side: Side, entity: Entity): boolean =>
  POLLED[side].includes(entity) && (ONLY_WHEN[entity]?.(tenant) ?? true);

/** The entities whose lists are read for the tenant. */
export const followed = (tenant: Tenant, side: Side): Entity[] =>
  POLLED[side].filter((entity) => isFollowed(tenant, side, entity));
