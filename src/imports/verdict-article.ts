import type { Listed } from '../../schemas/imports.ts';
import { neverCreates } from '../sync/listed.ts';
import { create, linked, skip, standing, type Verdict, type VerdictDeps } from './verdict.ts';

/** Judges an article of Fortnox by its number against webCRM's register (A1, R60). */
export async function articleVerdict({ store, tenant, run }: VerdictDeps, record: Listed): Promise<Verdict> {
  if (!tenant.settings.articles.follow) return skip('articles-not-followed');
  const pair = await store.pairs.bySide(tenant.id, 'article', 'fortnox', record.id);
  if (pair?.state === 'detached') return standing(pair) as Verdict;
  if (pair?.webcrmId) return linked(pair.webcrmId, null);
  const items = await store.listed.find(tenant.id, run.id, 'article', 'webcrm', 'number', record.id);
  const [item] = items;
  if (item === undefined) return neverCreates(run, 'webcrm') ? skip('other-direction') : create('webcrm');
  if (items.length === 1) return linked(item.id, 'linked-by-number');
  return { outcome: 'conflict', reason: 'match-ambiguous', partner: item.id, job: true };
}
