import type { Entity, Side, Tenant } from '../../schemas/records.ts';

/** Every entity that a side may be asked for, in the order of asking: what others lean on comes first. */
export const POLLED: Readonly<Record<Side, readonly Entity[]>> = {
  webcrm: ['customer', 'delivery', 'line'],
  fortnox: ['customer', 'article', 'order', 'invoice'],
};

/** Orders are followed in both modes: those paired before the mode was changed live on (R49). */
const ONLY_WHEN: Readonly<Partial<Record<Entity, (tenant: Tenant) => boolean>>> = {
  line: (tenant) => tenant.lineQuery === 'works',
  article: (tenant) => tenant.settings.articles.follow,
};

/** Whether changes of the entity on this side are of interest under the tenant's settings (R44, A1). */
export const isFollowed = (tenant: Tenant, side: Side, entity: Entity): boolean =>
  POLLED[side].includes(entity) && (ONLY_WHEN[entity]?.(tenant) ?? true);

/** The entities whose lists are read for the tenant. */
export const followed = (tenant: Tenant, side: Side): Entity[] =>
  POLLED[side].filter((entity) => isFollowed(tenant, side, entity));

/**
 * Whether the tenant cannot do without the entity. In invoice mode the company may have no licence for orders, and then no
 * order pairs either: that they cannot be read is no reason to pause it.
 */
export const isNeeded = (tenant: Tenant, entity: Entity): boolean =>
  entity !== 'order' || tenant.settings.documentMode === 'order';
